import { useSession } from "../hooks/SessionContext.js";
import { useSnapshot } from "../hooks/useSnapshot.js";
import { grantableRoles } from "./grantableRoles.js";

/** The roles on stage that I can give somebody, in the template's order. */
export function useStageRoles(): readonly string[] {
  const session = useSession();
  return grantableRoles(session.roles, useSnapshot().me);
}
