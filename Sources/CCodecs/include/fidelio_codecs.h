// Thin shims over zlib, libpng and libjpeg: what their macros and setjmp keep from Swift. No policy, no allocation for the caller.
#ifndef FIDELIO_CODECS_H
#define FIDELIO_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How a compressed stream is wrapped. Values are zlib's windowBits.
enum fc_format { FC_RAW = -15, FC_ZLIB = 15, FC_GZIP = 31 };

// What a step of a stream came to.
enum fc_status {
  FC_CONTINUE = 0,  // give more input, or take the output and call again
  FC_END = 1,       // the stream is complete
  FC_DAMAGED = 2,   // the input is not such a stream; fc_message says why
  FC_NO_MEMORY = 3,
};

typedef struct fc_stream fc_stream;

// Opening returns NULL where memory is short.
// `runs_only`: look for repeated bytes alone (zlib's Z_RLE), four times as fast on noise.
fc_stream *fc_deflate_open(int format, int level, bool runs_only);
fc_stream *fc_inflate_open(int format);
void fc_close(fc_stream *stream);

// Moves the stream on: *consumed bytes of input were taken, *produced bytes of output were written.
// `finish`: no input comes after this one (compression only).
int fc_deflate_step(fc_stream *stream, const uint8_t *input, size_t input_count, size_t *consumed, uint8_t *output,
                    size_t output_count, size_t *produced, bool finish);
int fc_inflate_step(fc_stream *stream, const uint8_t *input, size_t input_count, size_t *consumed, uint8_t *output,
                    size_t output_count, size_t *produced);

// zlib's words for the last damage, or "".
const char *fc_message(const fc_stream *stream);

// The largest size that `count` bytes can compress to in any format here.
size_t fc_deflate_bound(size_t count);

uint32_t fc_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

// One image on its way in. `message` is libpng's word for the last failure.
typedef struct fc_png {
  uint32_t width, height;
  int channels;       // 1 grey, 3 RGB
  char message[128];
  void *state;
} fc_png;

// Reads the header of a PNG of at most `limit` pixels on a side. The bytes must stay in place until fc_png_close.
bool fc_png_open(fc_png *image, const uint8_t *bytes, size_t count, uint32_t limit);
// Reads all rows, width * channels bytes each, to `pixels`, and checks the rest of the file.
bool fc_png_read(fc_png *image, uint8_t *pixels);
void fc_png_close(fc_png *image);

// Writes an image of 8 bits per channel. `append` takes the file piece by piece.
bool fc_png_write(uint32_t width, uint32_t height, int channels, const uint8_t *pixels, int level,
                  void (*append)(void *context, const uint8_t *bytes, size_t count), void *context, char message[128]);

// One JPEG on its way in. `message` is libjpeg's word for the last failure.
typedef struct fc_jpeg {
  uint32_t width, height;
  int channels;       // 1 grey, 3 RGB
  char message[128];
  void *state;
} fc_jpeg;

// Reads the header of a JPEG of at most `limit` pixels on a side. The bytes must stay in place until fc_jpeg_close.
bool fc_jpeg_open(fc_jpeg *image, const uint8_t *bytes, size_t count, uint32_t limit);
// Reads all rows, width * channels bytes each, to `pixels`. What libjpeg only warns of, such as missing data, is a failure.
bool fc_jpeg_read(fc_jpeg *image, uint8_t *pixels);
void fc_jpeg_close(fc_jpeg *image);

#endif
