import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.js";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/prejoin.css";
import "./styles/room.css";
import "./styles/stage.css";
import "./styles/show.css";
import "./styles/panel.css";
import "./styles/chat.css";
import "./styles/polls.css";
import "./styles/reactions.css";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
