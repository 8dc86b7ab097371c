// The players that are tried, each as a page would use it, and what it did. The test calls start, begin, choose and seen.

const videos = Object.fromEntries(
  [...document.querySelectorAll("video")].map((video) => [video.dataset.player, video]),
);
const meters = {};

const players = {
  /** Its availability window follows the slowest of all rungs, also of those it plays no more: say it. */
  async shaka(url) {
    const player = new shaka.Player();
    await player.attach(videos.shaka);
    player.configure({ manifest: { availabilityWindowOverride: 25 }, abr: { enabled: false } });
    await player.load(url);
    this.shaka.choose = (height) =>
      player.selectVariantTrack(player.getVariantTracks().find((track) => track.height === height));
    this.shaka.gaps = () => player.getStats().gapsJumped;
  },
  hls(url) {
    const player = new Hls({ lowLatencyMode: true });
    let gaps = 0;
    player.on(Hls.Events.ERROR, (_name, { details }) => (gaps += details === "bufferSeekOverHole" ? 1 : 0));
    player.loadSource(url);
    player.attachMedia(videos.hls);
    this.hls.choose = (height) => {
      player.nextLevel = player.levels.findIndex((level) => level.height === height);
    };
    this.hls.gaps = () => gaps;
  },
  native(url) {
    videos.native.src = url;
  },
};

/** Begins to play, and to count. */
async function start(name, url) {
  await players[name](url);
  await videos[name].play();
  begin(name);
}

/** Counts from now on: the longest time that the picture stood still, sources begun anew, pictures, seconds played. */
function begin(name) {
  const video = videos[name];
  clearInterval(meters[name]?.timer);
  const meter = { longestS: 0, sources: 0, heights: [video.videoHeight], fromS: video.currentTime, from: pictures(video) };
  let [last, since] = [video.currentTime, performance.now()];
  meter.timer = setInterval(() => {
    if (video.currentTime !== last) [last, since] = [video.currentTime, performance.now()];
    meter.longestS = Math.max(meter.longestS, (performance.now() - since) / 1000);
  }, 20);
  video.onemptied = () => (meter.sources += 1);
  video.onresize = () => meter.heights.push(video.videoHeight);
  meters[name] = meter;
}

const pictures = (video) => video.getVideoPlaybackQuality().totalVideoFrames;

const choose = (name, height) => players[name].choose(height);

function seen(name) {
  const [video, meter] = [videos[name], meters[name]];
  return {
    height: video.videoHeight,
    heights: meter.heights,
    playedS: video.currentTime - meter.fromS,
    pictures: pictures(video) - meter.from,
    longestS: meter.longestS,
    sources: meter.sources,
    gaps: players[name].gaps?.() ?? 0,
    error: video.error?.message ?? null,
  };
}
