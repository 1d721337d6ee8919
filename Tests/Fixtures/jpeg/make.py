# Makes the JPEG files of this folder and what a stranger's build of libjpeg-turbo reads from them.
# Run on 2026-11-24 with Pillow (version printed) and numpy; the pictures are smooth with an edge, so that upsampling shows.
import sys
import numpy as np
from PIL import Image, features

print(Image.__version__, features.version("libjpeg_turbo"), np.__version__)
folder = sys.argv[1]


def picture(height, width, channels):
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 90 * np.sin(x / (3 + c)) * np.cos(y / (4 - c)) + 30 * (x > y) for c in range(channels)]
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def save(name, array, **options):
    image = Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)
    image.save(f"{folder}/{name}.jpg", quality=80, **options)
    read = np.asarray(Image.open(f"{folder}/{name}.jpg"))
    open(f"{folder}/{name}.raw", "wb").write(read.tobytes())


save("grey-13x9", picture(13, 9, 1))
save("colour-17x21", picture(17, 21, 3))
save("progressive-16x24", picture(16, 24, 3), progressive=True)
Image.fromarray(picture(8, 8, 3)).convert("CMYK").save(f"{folder}/four-colour-8x8.jpg")
