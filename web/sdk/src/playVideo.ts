/**
 * Starts `video`; without sound if the browser wants a click first.
 *
 * @returns whether the sound had to be left out
 */
export async function playVideo(video: HTMLVideoElement): Promise<boolean> {
  const failure = await attempt(video);
  if (failure !== "NotAllowedError" || video.muted) {
    return false;
  }
  video.muted = true;
  await attempt(video);
  return true;
}

/** A play that is overtaken by a pause or a new source is no failure: whoever did that plays again. */
async function attempt(video: HTMLVideoElement): Promise<string | null> {
  try {
    await video.play();
    return null;
  } catch (error) {
    return error instanceof Error ? error.name : "Error";
  }
}
