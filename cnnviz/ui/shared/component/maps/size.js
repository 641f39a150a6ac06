// Tile size: how far the pictures of a sheet are enlarged so that all of them fit into its box. Pure.

const LARGEST = 140; // CSS pixels of a tile's longer side
const SMALLEST = 24; // smaller ones are not made: the sheet scrolls
const MANY = 200; // pictures: of so many smaller ones are made
const WIDTH_AROUND = 12; // CSS pixels around a picture, as in style.css
const HEIGHT_AROUND = 26; // with its caption
const BARE_AROUND = 6; // both, without captions and gaps

/**
 * CSS pixels for one of a picture: a whole number from 1 on.
 * @param {number} count how many pictures
 * @param {number} width of one, in its own pixels
 * @param {number} height
 * @param {number} across CSS pixels of the box
 * @param {number} down
 * @param {boolean} hasCaptions
 * @returns {number}
 */
export function tileSize(count, width, height, across, down, hasCaptions) {
  const longer = Math.max(width, height);
  const [beside, below] = hasCaptions ? [WIDTH_AROUND, HEIGHT_AROUND] : [BARE_AROUND, BARE_AROUND];
  const fits = (zoom) => {
    const columns = Math.max(1, Math.floor((across - 8) / (width * zoom + beside)));
    return Math.ceil(count / columns) * (height * zoom + below) <= down - 8 && width * zoom + beside <= across - 8;
  };
  const most = LARGEST / longer;
  const steps = most >= 1 ? Array.from({ length: Math.floor(most) }, (_, i) => Math.floor(most) - i) : [most];
  const least = (count > MANY ? SMALLEST / 2 : SMALLEST) / longer;
  const found = steps.find(fits);
  if (found && found >= Math.min(least, most)) return found;
  if (least >= 1) return Math.ceil(least);
  for (let zoom = Math.min(1, most); zoom > least; zoom *= 0.9) if (fits(zoom)) return zoom;
  return Math.min(least, (across - 8 - beside) / width);
}
