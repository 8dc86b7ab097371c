import { useState } from "react";
import { LandingPage } from "./pages/LandingPage.js";
import { StudioPage } from "./pages/StudioPage.js";
import { WatchPage } from "./pages/WatchPage.js";
import { parseRoute } from "./route.js";
import { NoticesProvider } from "./ui/NoticesProvider.js";

/** One page per address; moving to another room is a new load. */
export function App() {
  const [route] = useState(() => parseRoute(location));
  return (
    <NoticesProvider>
      {route.page === "studio" && <StudioPage entry={route.entry} />}
      {route.page === "watch" && <WatchPage entry={route.entry} />}
      {route.page === "landing" && <LandingPage />}
    </NoticesProvider>
  );
}
