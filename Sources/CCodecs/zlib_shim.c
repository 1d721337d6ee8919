#include "fidelio_codecs.h"

#include <stdlib.h>
#include <zlib.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

struct fc_stream {
  z_stream z;
  gz_header header;
  bool deflating;
};

fc_stream *fc_deflate_open(int format, int level, bool runs_only) {
  fc_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  stream->deflating = true;
  int strategy = runs_only ? Z_RLE : Z_DEFAULT_STRATEGY;
  if (deflateInit2(&stream->z, level, Z_DEFLATED, format, 8, strategy) != Z_OK) {
    free(stream);
    return NULL;
  }
  if (format == FC_GZIP) {
    stream->header.os = 255;  // "unknown", for the same bytes on every system
    deflateSetHeader(&stream->z, &stream->header);
  }
  return stream;
}

fc_stream *fc_inflate_open(int format) {
  fc_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  if (inflateInit2(&stream->z, format) != Z_OK) {
    free(stream);
    return NULL;
  }
  return stream;
}

void fc_close(fc_stream *stream) {
  if (!stream) return;
  if (stream->deflating) deflateEnd(&stream->z);
  else inflateEnd(&stream->z);
  free(stream);
}

// zlib counts in 32 bits, so a step processes at most this much.
static uInt clamp(size_t count) { return count < (1u << 30) ? (uInt)count : 1u << 30; }

static uInt aim(z_stream *z, const uint8_t *input, size_t input_count, uint8_t *output, size_t output_count) {
  z->next_in = (Bytef *)input;
  z->avail_in = clamp(input_count);
  z->next_out = output;
  z->avail_out = clamp(output_count);
  return z->avail_in;
}

static int status(int code) {
  switch (code) {
    case Z_OK:
    case Z_BUF_ERROR: return FC_CONTINUE;
    case Z_STREAM_END: return FC_END;
    case Z_MEM_ERROR: return FC_NO_MEMORY;
    default: return FC_DAMAGED;
  }
}

int fc_deflate_step(fc_stream *stream, const uint8_t *input, size_t input_count, size_t *consumed, uint8_t *output,
                    size_t output_count, size_t *produced, bool finish) {
  z_stream *z = &stream->z;
  uInt given = aim(z, input, input_count, output, output_count);
  uInt room = z->avail_out;
  int code = deflate(z, finish && given == input_count ? Z_FINISH : Z_NO_FLUSH);
  *consumed = given - z->avail_in;
  *produced = room - z->avail_out;
  return status(code);
}

int fc_inflate_step(fc_stream *stream, const uint8_t *input, size_t input_count, size_t *consumed, uint8_t *output,
                    size_t output_count, size_t *produced) {
  z_stream *z = &stream->z;
  uInt given = aim(z, input, input_count, output, output_count);
  uInt room = z->avail_out;
  int code = inflate(z, Z_NO_FLUSH);
  *consumed = given - z->avail_in;
  *produced = room - z->avail_out;
  return status(code);
}

const char *fc_message(const fc_stream *stream) { return stream->z.msg ? stream->z.msg : ""; }

// Stored blocks cost 5 bytes per 16 KiB (zlib's smallest at memory level 8); the rest covers header and trailer.
size_t fc_deflate_bound(size_t count) { return count + (count >> 12) + (count >> 14) + 64; }

const char *fc_zlib_version(void) { return zlibVersion(); }

const char *fc_glibc_version(void) {
#ifdef __GLIBC__
  return gnu_get_libc_version();
#else
  return NULL;
#endif
}

uint32_t fc_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
  uLong value = crc;
  while (count > 0) {
    uInt step = clamp(count);
    value = crc32(value, bytes, step);
    bytes += step;
    count -= step;
  }
  return (uint32_t)value;
}
