/// The binary records of CIFAR-10: a label, then 1,024 red, 1,024 green, and 1,024 blue values, row by row.
enum CIFARRecords {
    static let shape = ImageShape(height: 32, width: 32, channels: 3)
    static let plane = 1024
    static let size = 3 * plane + 1

    /// Appends complete records: labels to `labels`, pixels with channels innermost to `pixels`.
    /// - Parameter base: file offset of `bytes`
    /// - Errors: truncated records; labels of 10 or more.
    static func append(_ bytes: ArraySlice<UInt8>, file: String, base: Int = 0, to pixels: inout [UInt8], _ labels: inout [UInt8]) throws(DatasetError) {
        guard bytes.count % size == 0, !bytes.isEmpty else {
            let record = (base + bytes.count) / size
            throw .truncated(file: file, part: "record \(record)", expected: (record + 1) * size, actual: base + bytes.count)
        }
        let count = bytes.count / size
        for record in 0..<count {
            let label = bytes[bytes.startIndex + record * size]
            guard label < 10 else { throw .wrongValue(file: file, offset: base + record * size, field: "label", expected: "0 to 9", actual: "\(label)") }
            labels.append(label)
        }
        interleave(bytes, count: count, start: 1, stride: size, into: &pixels)
    }

    /// Appends `count` planar images, the first at `start`, with a distance of `stride`.
    static func interleave(_ bytes: ArraySlice<UInt8>, count: Int, start: Int, stride: Int, into pixels: inout [UInt8]) {
        precondition(count == 0 || start + (count - 1) * stride + 3 * plane <= bytes.count, "\(count) images in \(bytes.count) bytes")
        let added = unsafe [UInt8](unsafeUninitializedCapacity: count * 3 * plane) { target, filled in
            unsafe bytes.withUnsafeBufferPointer { source in
                for image in 0..<count {
                    let from = start + image * stride, to = image * 3 * plane
                    for i in 0..<plane {
                        unsafe target[to + 3 * i] = source[from + i]
                        unsafe target[to + 3 * i + 1] = source[from + plane + i]
                        unsafe target[to + 3 * i + 2] = source[from + 2 * plane + i]
                    }
                }
            }
            filled = count * 3 * plane
        }
        pixels += added
    }
}
