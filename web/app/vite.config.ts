import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const SERVER = process.env.ONSTAGE_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ["source", "module", "browser", "development|production"] },
  // The server hands out what is built here.
  build: {
    outDir: "../../python/onstage/pages",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: ["index.html", "not-found.html"] },
  },
  server: {
    proxy: {
      "/v1": { target: SERVER, ws: true },
      "/rtc": { target: SERVER, ws: true },
      "/live": { target: SERVER },
    },
  },
});
