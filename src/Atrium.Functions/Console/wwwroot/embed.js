// The parent's side of the embedded page. Load it from the app, and call
//   atriumWebhooks(iframe, { renew: async () => token })
// `renew` asks your back end for another portal session of the same user, shortly before the present one ends.
// Returns { theme(name), stop() }.
globalThis.atriumWebhooks = (iframe, { renew, navigated } = {}) => {
  const origin = new URL(iframe.src, location.href).origin;
  const send = message => iframe.contentWindow?.postMessage(message, origin);
  let renewing = false;

  const receive = async ({ source, origin: from, data }) => {
    if (source !== iframe.contentWindow || from !== origin) return;
    if (data?.type === 'atrium:height') iframe.style.height = `${data.px}px`;
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
  return {
    theme: name => send({ type: 'atrium:theme', theme: name }),
    stop: () => removeEventListener('message', receive),
  };
};
