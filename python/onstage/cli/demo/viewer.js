// Reads what the watch page's player shows now. `places`: where the clock code may stand, each as
// [left, top, square] in pixels of the picture, the likeliest first. Given to the page by viewer.py.
({ places, bits, leastContrast }) => {
  const video = document.querySelector('[data-testid="player"]');
  const now = Date.now();
  if (!video || video.videoWidth === 0) {
    return { now, decoded: 0, code: null };
  }
  const canvas = (window.__clockCanvas ??= document.createElement("canvas"));
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const read = ([left, top, square]) => {
    const strip = context.getImageData(left, top, Math.ceil(bits * square), Math.ceil(2 * square));
    const green = (row, bit) => {
      const x = Math.floor((bit + 0.5) * square);
      const y = Math.floor((row + 0.5) * square);
      return strip.data[(y * strip.width + x) * 4 + 1];
    };
    let code = 0;
    for (let bit = 0; bit < bits; bit++) {
      const contrast = green(0, bit) - green(1, bit);
      if (Math.abs(contrast) < leastContrast) {
        return null;
      }
      code = code * 2 + (contrast > 0 ? 1 : 0);
    }
    return code;
  };
  const code = places.map(read).find((found) => found !== null) ?? null;
  return { now, decoded: video.getVideoPlaybackQuality().totalVideoFrames, code };
};
