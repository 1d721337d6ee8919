// Thin shims over zlib, libpng, and libjpeg for what Swift cannot import (macros and setjmp). No policy; callers provide all buffers.
#ifndef FIDELIO_CODECS_H
#define FIDELIO_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Container of a compressed stream. Values are zlib's windowBits.
enum fc_format { FC_RAW = -15, FC_ZLIB = 15, FC_GZIP = 31 };

// Result of one step of a stream.
enum fc_status {
  FC_CONTINUE = 0,  // provide more input, or consume the output and call again
  FC_END = 1,       // the stream is complete
  FC_DAMAGED = 2,   // the input is invalid; fc_message has the reason
  FC_NO_MEMORY = 3,
};

typedef struct fc_stream fc_stream;

// Opening returns NULL if out of memory.
// `runs_only`: match only repeated bytes (zlib's Z_RLE), four times as fast on noise.
fc_stream *fc_deflate_open(int format, int level, bool runs_only);
fc_stream *fc_inflate_open(int format);
void fc_close(fc_stream *stream);

// Advances the stream: *consumed bytes of input were read, *produced bytes of output were written.
// `finish`: no further input follows (compression only).
int fc_deflate_step(fc_stream *stream, const uint8_t *input, size_t input_count, size_t *consumed, uint8_t *output,
                    size_t output_count, size_t *produced, bool finish);
int fc_inflate_step(fc_stream *stream, const uint8_t *input, size_t input_count, size_t *consumed, uint8_t *output,
                    size_t output_count, size_t *produced);

// zlib's message for the last error, or "".
const char *fc_message(const fc_stream *stream);

// An upper bound of the compressed size of `count` bytes in any of these formats.
size_t fc_deflate_bound(size_t count);

// The versions of the libraries that the program runs with.
const char *fc_zlib_version(void);
const char *fc_png_version(void);
// NULL for another C library.
const char *fc_glibc_version(void);

uint32_t fc_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

// A PNG being read. `message` is libpng's message for the last error.
typedef struct fc_png {
  uint32_t width, height;
  int channels;       // 1 gray, 3 RGB
  char message[128];
  void *state;
} fc_png;

// Reads the header of a PNG of at most `limit` pixels per side. The bytes must stay in place until fc_png_close.
bool fc_png_open(fc_png *image, const uint8_t *bytes, size_t count, uint32_t limit);
// Reads all rows, width * channels bytes each, into `pixels`, and validates the rest of the file.
bool fc_png_read(fc_png *image, uint8_t *pixels);
void fc_png_close(fc_png *image);

// Writes an image with 8 bits per channel. `append` receives the file piece by piece.
bool fc_png_write(uint32_t width, uint32_t height, int channels, const uint8_t *pixels, int level,
                  void (*append)(void *context, const uint8_t *bytes, size_t count), void *context, char message[128]);

// A JPEG being read. `message` is libjpeg's message for the last error.
typedef struct fc_jpeg {
  uint32_t width, height;
  int channels;       // 1 gray, 3 RGB
  char message[128];
  void *state;
} fc_jpeg;

// Reads the header of a JPEG of at most `limit` pixels per side. The bytes must stay in place until fc_jpeg_close.
bool fc_jpeg_open(fc_jpeg *image, const uint8_t *bytes, size_t count, uint32_t limit);
// Reads all rows, width * channels bytes each, into `pixels`. What libjpeg only warns about, such as missing data, is an error.
bool fc_jpeg_read(fc_jpeg *image, uint8_t *pixels);
void fc_jpeg_close(fc_jpeg *image);

#endif
