import CKernels

/// Kernels of one vector width that this machine supports.
@safe struct ProductKernels: Sendable, CustomStringConvertible {
    nonisolated(unsafe) let table: UnsafePointer<FidKernels>  // constant tables of the C target

    init?(_ set: FidKernelSet) {
        guard let table = unsafe fid_kernels(set) else { return nil }
        unsafe self.table = unsafe table
    }

    var description: String { unsafe String(cString: table.pointee.name) }
    var productWorkspace: Int { unsafe Int(table.pointee.product_workspace) }

    static let available = [FID_SCALAR, FID_AVX2, FID_AVX512, FID_NEON].compactMap { ProductKernels($0) }
}

/// Memory for the duration of one kernel call.
@safe final class ProductMemory {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit {
        for unsafe block in unsafe blocks { unsafe block.deallocate() }
    }

    func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        unsafe pointer.initialize(from: elements, count: elements.count)
        unsafe blocks.append(UnsafeMutableRawPointer(pointer))
        return unsafe pointer
    }

    func workspace(bytes: Int) -> UnsafeMutableRawPointer {
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        unsafe blocks.append(pointer)
        return unsafe pointer
    }

    func operand(_ operand: ProductOperand, _ data: [Float]) -> FidOperand {
        var result = unsafe FidOperand()
        unsafe result.data = unsafe UnsafePointer(copy(data))
        switch operand {
        case .rows(_, _, let stride):
            unsafe result.layout = FID_ROWS
            unsafe result.stride = Int64(stride)
        case .columns(_, _, let stride):
            unsafe result.layout = FID_COLUMNS
            unsafe result.stride = Int64(stride)
        case .patchRows(let shape):
            unsafe result.layout = FID_PATCH_ROWS
            unsafe result.patches = patches(shape)
        case .patchColumns(let shape):
            unsafe result.layout = FID_PATCH_COLUMNS
            unsafe result.patches = patches(shape)
        case .tapColumns(_, let channels, let stride, let tapOffset):
            unsafe result.layout = FID_TAP_COLUMNS
            unsafe result.stride = Int64(stride)
            unsafe result.tap_channels = Int64(channels)
            unsafe result.tap_offset = unsafe UnsafePointer(copy(tapOffset.map { Int64($0) }))
        }
        return unsafe result
    }

    private func patches(_ shape: PatchShape) -> UnsafePointer<FidPatches> {
        let patches = unsafe FidPatches(
            images: Int64(shape.images), height: Int64(shape.height), width: Int64(shape.width), channels: Int64(shape.channels),
            grid_height: Int64(shape.grid.height), grid_width: Int64(shape.grid.width),
            stride_y: Int64(shape.stride.y), stride_x: Int64(shape.stride.x), taps: Int64(shape.taps.count),
            dy: copy(shape.taps.map { Int32($0.dy) }), dx: copy(shape.taps.map { Int32($0.dx) }))
        let pointer = UnsafeMutablePointer<FidPatches>.allocate(capacity: 1)
        unsafe pointer.initialize(to: patches)
        unsafe blocks.append(UnsafeMutableRawPointer(pointer))
        return unsafe UnsafePointer(pointer)
    }
}
