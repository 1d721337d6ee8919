import Archives
import TestSupport

/// Files as numpy writes them, of any dtype.
enum NPZFixture {
    static func array(_ descriptor: String, _ shape: [Int], _ data: [UInt8], columns: Bool = false) -> [UInt8] {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '\(descriptor)', 'fortran_order': \(columns ? "True" : "False"), 'shape': (\(extents)), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)] + Array(text.utf8) + data
    }

    /// The bytes of integers of a size.
    static func integers(_ values: [Int], size: Int, isBigEndian: Bool = false) -> [UInt8] {
        values.flatMap { value in (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (isBigEndian ? size - 1 - $0 : $0))) } }
    }

    static func floats(_ values: [Float], isBigEndian: Bool = false) -> [UInt8] { values.flatMap { integers([Int($0.bitPattern)], size: 4, isBigEndian: isBigEndian) } }

    /// Gray images of 2 x 3 pixels.
    static func images(_ count: Int) -> [UInt8] { array("|u1", [count, 2, 3], (0..<6 * count).map { UInt8($0 % 251) }) }

    static func file(_ arrays: [String: [UInt8]], level: Int = 6) -> [UInt8] {
        ZipWriter.pieces(arrays.map { ZipMember(name: $0.key, content: $0.value) }, level: level).flatMap { $0 }
    }
}
