#include "fidelio_codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// libjpeg reports errors through a function that must not return, so it exits by longjmp, as in png_shim.c.

typedef struct reader {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  jmp_buf landing;
  char *message;
} reader;

static void leave(j_common_ptr info) {
  reader *r = info->client_data;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  strncpy(r->message, text, 127);
  r->message[127] = 0;
  longjmp(r->landing, 1);
}

// Whether a warning affects no pixel: an unknown revision or color profile, or bytes between segments before the first scan.
static bool is_remark(j_common_ptr info) {
  switch (info->err->msg_code) {
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_ICC: return true;
    case JWRN_EXTRANEOUS_DATA: return ((j_decompress_ptr)info)->input_scan_number == 0;
    default: return false;
  }
}

// Any other warning means that data is damaged or missing and that libjpeg guesses the rest: treated as an error.
static void warn(j_common_ptr info, int level) {
  if (level < 0 && !is_remark(info)) leave(info);
}

bool fc_jpeg_open(fc_jpeg *image, const uint8_t *bytes, size_t count, uint32_t limit) {
  memset(image, 0, sizeof *image);
  reader *r = calloc(1, sizeof *r);
  if (!r) return false;
  image->state = r;
  r->message = image->message;
  r->jpeg.err = jpeg_std_error(&r->errors);
  r->errors.error_exit = leave;
  r->errors.emit_message = warn;
  r->jpeg.client_data = r;
  if (setjmp(r->landing)) return false;
  jpeg_create_decompress(&r->jpeg);
  r->jpeg.client_data = r;
  jpeg_mem_src(&r->jpeg, bytes, (unsigned long)count);
  jpeg_read_header(&r->jpeg, TRUE);
  if (r->jpeg.image_width > limit || r->jpeg.image_height > limit) {
    strcpy(image->message, "the image exceeds the allowed size");
    return false;
  }
  image->width = r->jpeg.image_width;
  image->height = r->jpeg.image_height;
  image->channels = r->jpeg.num_components == 1 ? 1 : 3;
  // Every setting that affects the pixels is set here.
  r->jpeg.out_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  r->jpeg.dct_method = JDCT_ISLOW;
  r->jpeg.do_fancy_upsampling = TRUE;
  r->jpeg.do_block_smoothing = FALSE;
  return true;
}

bool fc_jpeg_read(fc_jpeg *image, uint8_t *pixels) {
  reader *r = image->state;
  if (setjmp(r->landing)) return false;
  jpeg_start_decompress(&r->jpeg);
  size_t stride = (size_t)image->width * (size_t)image->channels;
  while (r->jpeg.output_scanline < image->height) {
    JSAMPROW row = pixels + (size_t)r->jpeg.output_scanline * stride;
    jpeg_read_scanlines(&r->jpeg, &row, 1);
  }
  jpeg_finish_decompress(&r->jpeg);
  return true;
}

void fc_jpeg_close(fc_jpeg *image) {
  reader *r = image->state;
  if (!r) return;
  jpeg_destroy_decompress(&r->jpeg);
  free(r);
  image->state = NULL;
}
