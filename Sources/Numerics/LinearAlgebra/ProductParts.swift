import CKernels

/// Divides a product among threads: into bands of rows or columns of its output, whichever is larger. A triangle is divided by columns: a lower one from the
/// diagonal down, an upper one into the triangle at the diagonal and the rectangle above it.
@safe struct ProductParts: @unchecked Sendable {
    // @unchecked because parts write disjoint bands of the output while the caller, which owns the memory, waits for all of them.
    private let whole: FidLinearProduct
    private let byColumns: Bool
    private let isUpper: Bool
    /// Rows or columns per band, a multiple of every register tile's extent.
    private let band: Int64
    let count: Int

    init(_ product: FidLinearProduct, threads: Int) {
        let (rows, columns, triangle) = unsafe (product.m, product.n, product.triangle)
        unsafe whole = product
        isUpper = triangle == Int32(FID_UPPER.rawValue)
        byColumns = triangle != Int32(FID_WHOLE.rawValue) || columns > rows
        let length = byColumns ? columns : rows
        let wanted = (length + Int64(threads) * 4 - 1) / (Int64(threads) * 4)
        band = (wanted + 95) / 96 * 96
        let bands = Int((length + band - 1) / band)
        count = isUpper ? 2 * bands : bands
    }

    subscript(part: Int) -> FidLinearProduct {
        var result = unsafe whole
        let start = Int64(isUpper ? part / 2 : part) * band
        if byColumns {
            unsafe result.n = Swift.min(band, whole.n - start)
            unsafe result.b += Int(start * whole.b_column)
            unsafe result.c += Int(start)
            if unsafe whole.triangle == Int32(FID_LOWER.rawValue) {
                let above = unsafe Swift.min(start, whole.m)
                unsafe result.m -= above
                unsafe result.a += Int(above * whole.a_row)
                unsafe result.c += Int(above * whole.ldc)
            }
            if isUpper {
                let above = unsafe Swift.min(start, whole.m)
                if part % 2 == 0 {
                    unsafe result.m = above
                    unsafe result.triangle = Int32(FID_WHOLE.rawValue)
                } else {
                    unsafe result.m = Swift.min(band, whole.m - above)
                    unsafe result.a += Int(above * whole.a_row)
                    unsafe result.c += Int(above * whole.ldc)
                }
            }
        } else {
            unsafe result.m = Swift.min(band, whole.m - start)
            unsafe result.a += Int(start * whole.a_row)
            unsafe result.c += Int(start * whole.ldc)
        }
        return unsafe result
    }
}
