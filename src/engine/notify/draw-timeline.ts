import type { Logger } from "../../base/logger.js";
import type { Timeline } from "../../maintenance/show/timeline.js";
import { counted } from "../../maintenance/text/list.js";
import type { Addressee, Readers } from "../../slack/people/readers.js";
import type { PictureFile } from "../../slack/render/fixed-text.js";
import { drawTimeline } from "../../timeline/draw.js";
import { pngOf } from "../../timeline/png.js";

/**
 * Draws a time line for whoever reads it: in their time zone, with the names of people.
 *
 * @param name of the file.
 * @returns `null` where it cannot be drawn, as on a system that the library has no build for.
 */
export type DrawTimeline = (timeline: Timeline, to: Addressee, name: string) => Promise<PictureFile | null>;

/** What cannot be drawn is logged once: it is the same with the next one, and whatever it shows was told in words. */
export function createDrawTimeline(o: {
  readonly readers: Readers;
  readonly logger: Logger;
  /** @defaultValue `pngOf` */
  readonly png?: (svg: string) => Promise<Uint8Array>;
}): DrawTimeline {
  const png = o.png ?? pngOf;
  let isLogged = false;

  return async (timeline, to, name) => {
    try {
      const { svg, zone } = await o.readers.write(to, (reader) => ({
        svg: drawTimeline(timeline, reader),
        zone: reader.zone,
      }));
      const windows = counted(timeline.rows.length + timeline.more, "window");
      const caption = `${timeline.title}: ${windows}. Times are those of ${zone}.`;
      return { name, title: timeline.title, png: await png(svg), caption };
    } catch (error) {
      if (!isLogged)
        o.logger.warn({ err: error }, "a time line cannot be drawn here; tables alone are shown");
      isLogged = true;
      return null;
    }
  };
}
