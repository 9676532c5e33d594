import { tagForm } from '../catalog/normal-forms.js';

/** Where the common carriers show a parcel, by the carrier's name in small letters without spaces. */
const TRACKING_PAGES: [name: RegExp, page: (trackingNumber: string) => string][] = [
  [/^ups/, (number) => `https://www.ups.com/track?tracknum=${number}`],
  [/^usps|^unitedstatespostal/, (number) => `https://tools.usps.com/go/TrackConfirmAction?tLabels=${number}`],
  [/^fedex/, (number) => `https://www.fedex.com/fedextrack/?trknbr=${number}`],
  [/^dhl/, (number) => `https://www.dhl.com/en/express/tracking.html?AWB=${number}`],
  [/^royalmail/, (number) => `https://www.royalmail.com/track-your-item#/tracking-results/${number}`],
  [/^laposte|^colissimo/, (number) => `https://www.laposte.fr/outils/suivre-vos-envois?code=${number}`],
];

/** The carrier's page for a parcel; undefined for a carrier that we do not know. */
export function trackingUrl(carrier: string, trackingNumber: string): string | undefined {
  const name = tagForm(carrier);
  const page = TRACKING_PAGES.find(([pattern]) => pattern.test(name))?.[1];
  return page?.(encodeURIComponent(trackingNumber.replace(/\s+/g, '')));
}
