/** Drawn on a grid of 24, in the text's colour. */
const PATHS = {
  microphone: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5 11a7 7 0 0 0 14 0M12 18v3",
  microphoneOff:
    "M9 9v3a3 3 0 0 0 4.5 2.6M15 11V6a3 3 0 0 0-5.8-1M5 11a7 7 0 0 0 10.5 6M19 11a7 7 0 0 1-.7 3M12 18v3M4 4l16 16",
  camera: "M4 6h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1ZM15 11l6-4v10l-6-4",
  cameraOff:
    "M9 6h5a1 1 0 0 1 1 1v5M15 16v1a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1M17 10l4-3v10l-2-1.4M4 4l16 16",
  screen:
    "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM9 20h6M12 14V8M9.5 10.5 12 8l2.5 2.5",
  leave: "M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h10M17 9l3 3-3 3",
  stepDown: "M12 4v12M7 11l5 5 5-5M5 20h14",
  stepUp: "M12 16V4M7 9l5-5 5 5M5 20h14",
  hand: "M8 12V6.5a1.5 1.5 0 0 1 3 0V11M11 10.5v-6a1.5 1.5 0 0 1 3 0V11M14 11V6.5a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-2.6 0-4-1.2-5.2-3.200L3 14.600a1.5 1.5 0 0 1 2.5-1.600L8 15.500V9",
  chat: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-5 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.500a3.5 3.5 0 0 1 0 6.500M18 14.500a6.5 6.5 0 0 1 3.5 5.5",
  grid: "M4 4h7v7H4ZM13 4h7v7h-7ZM4 13h7v7H4ZM13 13h7v7h-7Z",
  sidebar: "M4 5h11v14H4ZM18 5h3v4h-3ZM18 10h3v4h-3ZM18 15h3v4h-3Z",
  spotlight: "M4 5h16v14H4ZM12 13.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  picture_in_picture: "M4 5h16v14H4ZM13 12.500h5v4.500h-5Z",
  copy: "M9 9h10v11H9ZM6 15H5V4h10v2",
  close: "M6 6l12 12M18 6 6 18",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  send: "M4 12 20 5l-5 15-3.5-6.500Z",
  volume: "M4 10v4h4l5 4V6l-5 4ZM16.5 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11",
  volumeOff: "M4 10v4h4l5 4V6l-5 4ZM17 10l4 4M21 10l-4 4",
  play: "M8 5v14l11-7Z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  pin: "M9 4h6l-1 6 3 3H7l3-3ZM12 13v7",
  poll: "M5 20V10M12 20V4M19 20v-7",
  broadcast:
    "M12 13.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3ZM8 8a5.6 5.6 0 0 0 0 8M16 8a5.6 5.6 0 0 1 0 8M5 5a9.9 9.9 0 0 0 0 14M19 5a9.9 9.9 0 0 1 0 14",
  warning: "M12 4 2.5 20h19ZM12 10v4M12 17h.01",
  settings:
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 2.500v3M12 18.500v3M2.500 12h3M18.500 12h3M5.300 5.300l2.100 2.100M16.600 16.600l2.100 2.100M5.300 18.700l2.100-2.100M16.600 7.400l2.100-2.100",
  look: "M12 3a9 9 0 1 0 0 18c1.500 0 2-1 1.500-2-.7-1.500 0-3 2-3H18a3 3 0 0 0 3-3c0-5.500-4-10-9-10ZM7.500 12h.01M10 7.500h.01M15 8h.01",
  eyeOff: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12ZM4 4l16 16",
  fullscreen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
} as const;

export type IconName = keyof typeof PATHS;

/** Always beside a text or inside a labelled button, so a screen reader skips it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
