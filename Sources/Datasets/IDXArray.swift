/// The content of an IDX file of unsigned bytes, the format of MNIST and its relatives.
///
/// Layout: two zero bytes, the element type (8: unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit integer,
/// then the elements in row-major order, and nothing after them.
/// - Source: Y. LeCun, "The MNIST database of handwritten digits", section "File formats".
struct IDXArray: Equatable {
    let dimensions: [Int]
    let elements: [UInt8]

    /// Parses the uncompressed bytes of a file; `file` is its name in errors.
    /// - Errors: wrong magic number, zero dimension, truncation, trailing bytes. Offsets are in uncompressed bytes.
    init(parsing bytes: [UInt8], rank: Int, file: String) throws(DatasetError) {
        let header = 4 + 4 * rank
        dimensions = try Self.dimensions(parsing: bytes, rank: rank, file: file)
        let count = dimensions.reduce(1, *)
        guard count <= bytes.count - header else {
            throw .truncated(file: file, part: "\(count) elements", expected: header + count, actual: bytes.count)
        }
        guard count == bytes.count - header else {
            throw .trailingBytes(file: file, offset: header + count, count: bytes.count - header - count)
        }
        elements = Array(bytes[header...])
    }

    /// The dimensions, from the first 4 + 4 * rank bytes of a file.
    /// - Postcondition: each is positive, and their product is below 2^48.
    static func dimensions(parsing bytes: [UInt8], rank: Int, file: String) throws(DatasetError) -> [Int] {
        let header = 4 + 4 * rank
        guard bytes.count >= header else {
            throw .truncated(file: file, part: "the IDX header", expected: header, actual: bytes.count)
        }
        let magic = integer(bytes, at: 0)
        guard magic == 0x0800 + rank else {
            throw .wrongValue(file: file, offset: 0, field: "magic number", expected: "\(0x0800 + rank)", actual: "\(magic)")
        }
        var dimensions: [Int] = []
        var count = 1
        for i in 0..<rank {
            let size = integer(bytes, at: 4 + 4 * i)
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product < 1 << 48 else {
                throw .wrongValue(
                    file: file, offset: 4 + 4 * i, field: "dimension \(i + 1)", expected: size > 0 ? "a size that fits memory" : "a positive size",
                    actual: "\(size)")
            }
            count = product
            dimensions.append(size)
        }
        return dimensions
    }

    private static func integer(_ bytes: [UInt8], at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
}
