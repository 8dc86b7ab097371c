import type { RoomSession } from "@onstage/client";
import { ControlBar } from "../controls/ControlBar.js";
import { SessionContext } from "../hooks/SessionContext.js";
import { InviteDialog } from "../invite/InviteDialog.js";
import { ConnectionBanner } from "./ConnectionBanner.js";
import { LayoutProvider } from "./LayoutProvider.js";
import { MainView } from "./MainView.js";
import { PageContext, type Page } from "./PageContext.js";
import { RoomHeader } from "./RoomHeader.js";
import { SessionNotices } from "./SessionNotices.js";
import { SidePanel } from "./SidePanel.js";
import { UnmuteDialog } from "./UnmuteDialog.js";

/**
 * One room, whichever link led here. What fills the middle follows my level, so a promotion turns the player into the
 * stage and a demotion turns it back, within the same session and without a reload.
 */
export function Room({ session, page }: { session: RoomSession; page: Page }) {
  return (
    <SessionContext value={session}>
      <PageContext value={page}>
        <LayoutProvider>
          <ConnectionBanner />
          <div className="room">
            <RoomHeader />
            <MainView />
            <SidePanel />
            <ControlBar />
          </div>
          <InviteDialog />
          <UnmuteDialog />
          <SessionNotices />
        </LayoutProvider>
      </PageContext>
    </SessionContext>
  );
}
