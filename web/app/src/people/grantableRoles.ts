import type { ParticipantView, RoleView } from "@onstage/client";

/** Roles on stage that don't rank above `me` and hold nothing that I don't: the server would refuse those. */
export function grantableRoles(
  roles: Readonly<Record<string, RoleView>>,
  { priority, permissions }: Pick<ParticipantView, "priority" | "permissions">,
): readonly string[] {
  const isMine = (role: RoleView): boolean => role.permissions.every((one) => permissions.includes(one));
  return Object.entries(roles)
    .filter(([, role]) => role.level === "stage" && role.priority >= priority && isMine(role))
    .map(([name]) => name);
}
