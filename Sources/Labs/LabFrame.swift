public import Canonical

/// What is shown of one step: facts, and arrays of numbers in binary32.
///
/// As bytes: the eight characters `FLABFRM1`, the length of the header as four little-endian bytes, the header, and the arrays one after another as little-endian
/// binary32. The header is canonical JSON followed by spaces up to a multiple of four bytes; its field `arrays` names each array and its shape, in order.
public struct LabFrame: Sendable, Equatable {
    /// An array of the frame.
    public struct Part: Sendable, Equatable {
        /// The name in the header.
        public let name: String
        /// The extents, the last varying fastest.
        public let shape: [Int]
        /// The numbers.
        public let values: [Float]

        init(_ name: String, _ shape: [Int], _ values: [Float]) {
            precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values for the shape \(shape)")
            (self.name, self.shape, self.values) = (name, shape, values)
        }
    }

    /// The facts, without `arrays`.
    public let facts: [String: JSONValue]
    /// The arrays.
    public let parts: [Part]

    init(_ facts: [String: JSONValue], _ parts: [Part]) { (self.facts, self.parts) = (facts, parts) }

    /// An array by name.
    public func part(_ name: String) -> Part? { parts.first { $0.name == name } }

    private static let magic = Array("FLABFRM1".utf8)

    /// The frame as bytes; its digest identifies it.
    public var bytes: [UInt8] {
        var facts = facts
        facts["arrays"] = .array(parts.map { .object(["name": .string($0.name), "shape": .array($0.shape.map { .count($0) })]) })
        var header = Array(JSONValue.object(facts).canonicalText.utf8)
        header += [UInt8](repeating: UInt8(ascii: " "), count: (4 - header.count % 4) % 4)
        var bytes = Self.magic
        bytes.reserveCapacity(12 + header.count + 4 * parts.reduce(0) { $0 + $1.values.count })
        func append(_ word: UInt32, to bytes: inout [UInt8]) {
            for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift))) }
        }
        append(UInt32(header.count), to: &bytes)
        bytes += header
        for part in parts { for value in part.values { append(value.bitPattern, to: &bytes) } }
        return bytes
    }

    /// Reads a frame.
    /// - Errors: `LabError.damaged`
    public init(reading bytes: [UInt8], file: String = "frame") throws {
        func word(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) } }
        guard bytes.starts(with: Self.magic), bytes.count >= 12, Int(word(8)) <= bytes.count - 12 else { throw LabError.damaged(file: file, problem: "it is no frame of a lab") }
        let end = 12 + Int(word(8))
        guard let json = try? JSONValue(parsing: Array(bytes[12..<end])), case .object(var facts) = json, let listed = facts.removeValue(forKey: "arrays")?.arrayValue else {
            throw LabError.damaged(file: file, problem: "its header cannot be read")
        }
        var parts: [Part] = [], offset = end
        for one in listed {
            let extents = (one["shape"]?.arrayValue ?? []).compactMap(\.integerValue)
            guard let name = one["name"]?.stringValue, extents.allSatisfy({ 0...4096 ~= $0 }), extents.count <= 3 else { throw LabError.damaged(file: file, problem: "its header cannot be read") }
            let shape = extents.map { Int($0) }, count = shape.reduce(1, *)
            guard count <= (bytes.count - offset) / 4 else { throw LabError.damaged(file: file, problem: "it is too short for its header") }
            parts.append(Part(name, shape, (0..<count).map { Float(bitPattern: word(offset + 4 * $0)) }))
            offset += 4 * count
        }
        guard offset == bytes.count else { throw LabError.damaged(file: file, problem: "it is too long for its header") }
        self.init(facts, parts)
    }
}
