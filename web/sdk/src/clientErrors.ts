/** What can fail on the browser's side: what a person reads, and what they can do. */
export const CLIENT_ERRORS = {
  aborted: { title: "The call was given up.", fix: "Nothing to do." },
  connection_lost: { title: "The connection broke before the answer came.", fix: "Try again in a moment." },
  request_timeout: { title: "The server did not answer in time.", fix: "Check the network and try again." },
  session_closed: { title: "This session is closed.", fix: "Join again." },
  server_unreachable: { title: "The server cannot be reached.", fix: "Check the network and try again." },
  stage_unreachable: {
    title: "The stage cannot be reached.",
    fix: "A firewall may block WebRTC; try another network.",
  },
  device_denied: {
    title: "The browser may not use your camera or microphone.",
    fix: "Allow them beside the address bar, then try again.",
  },
  device_missing: {
    title: "No such camera or microphone was found.",
    fix: "Connect one, or choose another.",
  },
  device_busy: {
    title: "Another program holds your camera or microphone.",
    fix: "Close it, then try again.",
  },
  device_failed: { title: "Your camera or microphone could not be started.", fix: "Choose another device." },
  publish_failed: {
    title: "The stage did not take your camera or microphone.",
    fix: "Try again in a moment.",
  },
  playback_failed: { title: "This browser cannot play the show.", fix: "Use a current browser." },
} as const;

/** Codes of failures on the browser's side. */
export type ClientErrorCode = keyof typeof CLIENT_ERRORS;
