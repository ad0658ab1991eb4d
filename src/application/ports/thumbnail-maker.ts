/** Small pictures of pictures. Adapter: infrastructure/images. */

export interface ThumbnailMaker {
  /**
   * A WebP picture of at most `thumbnailEdgePixels` on its longer edge, upright, without anything that the original says of its maker and place;
   * nothing where the picture is broken, too large or takes too long. Never throws because of the picture.
   */
  make(picture: Uint8Array): Promise<Uint8Array | undefined>;
}

export const thumbnailEdgePixels = 320;
