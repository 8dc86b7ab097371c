/** iPhones show nothing but a <video> on the full screen (Apple, HTMLVideoElement.webkitEnterFullscreen). */
interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

/** Shows `frame` on the full screen, or no longer; where only its `video` can be, that. */
export async function toggleFullscreen(frame: HTMLElement, video: AppleVideo): Promise<void> {
  if (document.fullscreenElement) {
    await document.exitFullscreen();
  } else if (document.fullscreenEnabled) {
    await frame.requestFullscreen();
  } else {
    video.webkitEnterFullscreen?.();
  }
}
