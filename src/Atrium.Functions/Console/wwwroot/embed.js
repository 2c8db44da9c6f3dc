// The parent's side of the embedded page. Load it from the app, and call
//   atriumWebhooks(iframe, { renew: async () => token })
// `renew` asks your back end for another portal session of the same user, shortly before the present one ends. If it
// fails or gives none, it is called again, up to six times in about a minute.
// Returns { theme(name), stop() }.
globalThis.atriumWebhooks = (iframe, { renew, navigated } = {}) => {
  const origin = new URL(iframe.src, location.href).origin;
  const send = message => iframe.contentWindow?.postMessage(message, origin);
  // Seconds before each further try. The page asks once, and not again before its session is over.
  const waits = [1, 2, 4, 8, 16, 32];
  let renewing = false;
  let stopped = false;
  let drawing = 0;

  // The frame is as high as its content, so only the page around it knows which part of it can be seen.
  const look = () => { drawing ||= requestAnimationFrame(tell); };
  const tell = () => {
    drawing = 0;
    const above = iframe.getBoundingClientRect().top + iframe.clientTop;
    const within = height => Math.max(0, Math.min(iframe.clientHeight, height - above));
    send({ type: 'atrium:seen', top: within(0), bottom: within(innerHeight) });
  };

  const renewed = async () => {
    for (const wait of waits) {
      // A back end that answers with an error may give no token.
      const token = await (async () => renew())().catch(() => null);
      if (token) return token;
      await new Promise(resolve => setTimeout(resolve, wait * 1000));
      if (stopped) return null;
    }
    // Who looks into the browser's console is to see why the last try failed.
    return renew();
  };

  const receive = async ({ source, origin: from, data }) => {
    if (source !== iframe.contentWindow || from !== origin) return;
    if (data?.type === 'atrium:height') {
      iframe.style.height = `${data.px}px`;
      look();
    }
    if (data?.type === 'atrium:navigated') navigated?.(data.route);
    if (data?.type === 'atrium:session-ends' && renew && !renewing) {
      renewing = true;
      try {
        const token = await renewed();
        if (!stopped) send({ type: 'atrium:session', token });
      } finally {
        renewing = false;
      }
    }
  };

  // The page may have told its height, or that it has no session, before anybody listened.
  const greet = () => iframe.contentWindow?.postMessage({ type: 'atrium:hello' }, '*');

  addEventListener('message', receive);
  iframe.addEventListener('load', greet);
  greet();
  addEventListener('resize', look);
  // What scrolls may be a part of the page, whose events do not bubble.
  addEventListener('scroll', look, { capture: true, passive: true });
  return {
    theme: name => send({ type: 'atrium:theme', theme: name }),
    stop: () => {
      stopped = true;
      removeEventListener('message', receive);
      iframe.removeEventListener('load', greet);
      removeEventListener('resize', look);
      removeEventListener('scroll', look, { capture: true });
      cancelAnimationFrame(drawing);
    },
  };
};
