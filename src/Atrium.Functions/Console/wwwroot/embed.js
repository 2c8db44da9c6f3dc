// The parent's side of the embedded page. Load it from the app, and call
//   atriumWebhooks(iframe, { renew: async () => token })
// `renew` asks your back end for another portal session of the same user, shortly before the present one ends.
// Returns { theme(name), stop() }.
globalThis.atriumWebhooks = (iframe, { renew, navigated } = {}) => {
  const origin = new URL(iframe.src, location.href).origin;
  const send = message => iframe.contentWindow?.postMessage(message, origin);
  let renewing = false;
  let drawing = 0;

  // The frame is as high as its content, so only the page around it knows which part of it can be seen.
  const look = () => { drawing ||= requestAnimationFrame(tell); };
  const tell = () => {
    drawing = 0;
    const above = iframe.getBoundingClientRect().top + iframe.clientTop;
    const within = height => Math.max(0, Math.min(iframe.clientHeight, height - above));
    send({ type: 'atrium:seen', top: within(0), bottom: within(innerHeight) });
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
        send({ type: 'atrium:session', token: await renew() });
      } finally {
        renewing = false;
      }
    }
  };

  addEventListener('message', receive);
  addEventListener('resize', look);
  // What scrolls may be a part of the page, whose events do not bubble.
  addEventListener('scroll', look, { capture: true, passive: true });
  return {
    theme: name => send({ type: 'atrium:theme', theme: name }),
    stop: () => {
      removeEventListener('message', receive);
      removeEventListener('resize', look);
      removeEventListener('scroll', look, { capture: true });
      cancelAnimationFrame(drawing);
    },
  };
};
