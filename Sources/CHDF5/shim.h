#ifndef TLC_HDF5_SHIM_H
#define TLC_HDF5_SHIM_H

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

// HDF5's ids are macros that open the library, and Swift sees no macros of that kind.

static inline hid_t tlc_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t tlc_h5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t tlc_h5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t tlc_h5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t tlc_h5_link_create(void) { return H5P_LINK_CREATE; }
static inline hid_t tlc_h5_c_string(void) { return H5T_C_S1; }

static inline unsigned tlc_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned tlc_h5_truncate(void) { return H5F_ACC_TRUNC; }

/// A little-endian integer type of 1, 2, 4 or 8 bytes.
static inline hid_t tlc_h5_integer(int size, int is_signed) {
  switch (size) {
  case 1: return is_signed ? H5T_STD_I8LE : H5T_STD_U8LE;
  case 2: return is_signed ? H5T_STD_I16LE : H5T_STD_U16LE;
  case 4: return is_signed ? H5T_STD_I32LE : H5T_STD_U32LE;
  default: return is_signed ? H5T_STD_I64LE : H5T_STD_U64LE;
  }
}

static inline hid_t tlc_h5_float(int size) {
  return size == 4 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
}

/// Keeps the library from printing its errors.
static inline void tlc_h5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static herr_t tlc_h5_keep_innermost(unsigned n, const H5E_error2_t *error, void *text) {
  (void)n;
  if (error->desc) {
    strncpy((char *)text, error->desc, 255);
    ((char *)text)[255] = 0;
  }
  return 0;
}

/// Copies what the last failed call says went wrong, innermost, into 256 bytes.
static inline void tlc_h5_error_text(char *text) {
  text[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, tlc_h5_keep_innermost, text);
  H5Eclear2(H5E_DEFAULT);
}

/// The type, address and number of attributes of an object; -1 on failure.
static inline int tlc_h5_object(hid_t location, const char *path, int *type,
                                unsigned long long *address, unsigned long long *attributes) {
  H5O_info_t info;
  if (H5Oget_info_by_name2(location, path, &info, H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS,
                           H5P_DEFAULT) < 0)
    return -1;
  *type = (int)info.type;
  *address = (unsigned long long)info.addr;
  *attributes = (unsigned long long)info.num_attrs;
  return 0;
}

/// The number of links of a group; -1 on failure.
static inline long long tlc_h5_link_count(hid_t location, const char *path) {
  H5G_info_t info;
  if (H5Gget_info_by_name(location, path, &info, H5P_DEFAULT) < 0) return -1;
  return (long long)info.nlinks;
}

/// The kind of a link (0 hard, 1 soft, 64 external), and the size of its value; -1 on failure.
static inline int tlc_h5_link(hid_t location, const char *path, int *kind, size_t *size) {
  H5L_info_t info;
  if (H5Lget_info(location, path, &info, H5P_DEFAULT) < 0) return -1;
  *kind = (int)info.type;
  *size = info.type == H5L_TYPE_HARD ? 0 : info.u.val_size;
  return 0;
}

/// The address and stored size of the chunk that starts at `offset`; 0 if there is none, -1 on failure.
static inline int tlc_h5_chunk(hid_t dataset, const hsize_t *offset, hsize_t *size,
                               unsigned *mask) {
  haddr_t address = HADDR_UNDEF;
  if (H5Dget_chunk_info_by_coord(dataset, offset, mask, &address, size) < 0) return -1;
  return address == HADDR_UNDEF ? 0 : 1;
}

#endif
