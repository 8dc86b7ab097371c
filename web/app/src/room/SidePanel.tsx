import { useState } from "react";
import { ChatPanel } from "../chat/ChatPanel.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { PeoplePanel } from "../people/PeoplePanel.js";
import { Icon } from "../ui/Icon.js";

type Tab = "people" | "chat";

/** People above chat; one of them at a time on a narrow screen. Those who only watch have the chat alone. */
export function SidePanel() {
  const { me, hands } = useSnapshot();
  const [tab, setTab] = useState<Tab>("people");
  if (me.level === "viewer") {
    return (
      <aside className="side-panel" data-tab="chat">
        <ChatPanel />
      </aside>
    );
  }
  return (
    <aside className="side-panel" data-tab={tab}>
      <div className="tabs" role="group" aria-label="Side panel">
        <button type="button" aria-pressed={tab === "people"} onClick={() => setTab("people")}>
          <Icon name="people" />
          People
          {hands.length > 0 && <span className="tab-count">{hands.length}</span>}
        </button>
        <button type="button" aria-pressed={tab === "chat"} onClick={() => setTab("chat")}>
          <Icon name="chat" />
          Chat
        </button>
      </div>
      <PeoplePanel />
      <ChatPanel />
    </aside>
  );
}
