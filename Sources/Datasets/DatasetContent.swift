import Canonical

/// The canonical content of a data set: what its digest is taken of, and byte for byte the file that the store keeps.
///
/// Layout:
/// 1. the line "fidelio images 1";
/// 2. a line of canonical JSON: {"channels","classes","height","pixels","splits":[{"images","name"},…],"white","width"}, where `pixels` is
///    "uint8" (value = byte / white) or "float32" (white is then 1);
/// 3. for each split in order: its pixels, image after image, rows from top to bottom, channels innermost (float32: little-endian),
///    and then, where `classes` > 0, one byte per image, its label.
struct DatasetContent {
    let shape: ImageShape
    let classes: Int
    let splits: [DatasetSplit]

    private static let firstLine = "fidelio images 1\n"

    init(shape: ImageShape, classes: Int, splits: [DatasetSplit]) {
        (self.shape, self.classes, self.splits) = (shape, classes, splits)
    }

    /// The content in pieces, so that nothing large is copied.
    var pieces: [[UInt8]] {
        var pieces = [Array("\(Self.firstLine)\(header.canonicalText)\n".utf8)]
        for split in splits {
            switch split.pixels {
            case .bytes(let values, _): pieces.append(values)
            case .floats(let values): pieces.append(Self.littleEndian(values))
            }
            if let labels = split.labels { pieces.append(labels) }
        }
        return pieces
    }

    var digest: Digest {
        var builder = Digest.Builder()
        for piece in pieces { builder.update(piece) }
        return builder.finish()
    }

    private static func littleEndian(_ values: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * values.count)
        for value in values {
            for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
        }
        return bytes
    }

    private var header: JSONValue {
        var kind = "uint8", white = 255
        switch splits.first?.pixels {
        case .bytes(_, let level): white = Int(level)
        case .floats: (kind, white) = ("float32", 1)
        case nil: break
        }
        return .object([
            "height": .integer(Int64(shape.height)), "width": .integer(Int64(shape.width)), "channels": .integer(Int64(shape.channels)),
            "classes": .integer(Int64(classes)), "pixels": .string(kind), "white": .integer(Int64(white)),
            "splits": .array(splits.map { .object(["name": .string($0.name), "images": .integer(Int64($0.count))]) }),
        ])
    }

    /// Reads the bytes of a file; `file` stands in the errors.
    init(parsing bytes: [UInt8], file: String) throws(DatasetError) {
        let first = Array(Self.firstLine.utf8)
        guard bytes.starts(with: first) else {
            throw .wrongValue(file: file, offset: 0, field: "the first line", expected: "\"fidelio images 1\"", actual: "another one")
        }
        guard let end = bytes[first.count...].prefix(65_536).firstIndex(of: UInt8(ascii: "\n")) else {
            throw .truncated(file: file, part: "the header line", expected: first.count + 1, actual: bytes.count)
        }
        let header: Header
        do {
            header = try Header(JSONValue(parsing: Array(bytes[first.count..<end])))
        } catch {
            throw .wrongValue(file: file, offset: first.count, field: "the header", expected: "a description of images", actual: "unsound: \(error)")
        }
        (shape, classes) = (header.shape, header.classes)
        var reader = SplitReader(bytes: bytes, offset: end + 1, file: file, header: header)
        var splits: [DatasetSplit] = []
        for size in header.splits { splits.append(try reader.next(size)) }
        guard reader.offset == bytes.count else {
            throw .trailingBytes(file: file, offset: reader.offset, count: bytes.count - reader.offset)
        }
        self.splits = splits
    }

    /// The second line.
    private struct Header {
        let shape: ImageShape
        let classes: Int
        let isFloat: Bool
        let white: UInt8
        let splits: [SplitSize]

        init(_ json: JSONValue) throws {
            var fields = try FieldReader(json, path: "header")
            let height = try fields.integer("height", in: 1...65_536), width = try fields.integer("width", in: 1...65_536)
            shape = ImageShape(height: height, width: width, channels: try fields.integer("channels", in: 1...256))
            classes = try fields.integer("classes", in: 0...256)
            isFloat = try fields.oneOf("pixels", ["uint8", "float32"]) == "float32"
            white = UInt8(try fields.integer("white", in: 1...255))
            var sizes: [SplitSize] = []
            for (i, value) in try fields.array("splits", count: 1...64).enumerated() {
                var split = try FieldReader(value, path: "header.splits[\(i)]")
                sizes.append(SplitSize(try split.string("name"), try split.integer("images", in: 0...1_000_000_000)))
                try split.finish()
            }
            splits = sizes
            try fields.finish()
        }
    }

    /// Takes one split after another off the bytes.
    private struct SplitReader {
        let bytes: [UInt8]
        var offset: Int
        let file: String
        let header: Header

        mutating func next(_ size: SplitSize) throws(DatasetError) -> DatasetSplit {
            let width = header.shape.elements * (header.isFloat ? 4 : 1)
            let raw = try take(size.count, of: width, part: "the pixels of split \(size.name)")
            let pixels: ImagePixels = header.isFloat ? .floats(Self.floats(raw)) : .bytes(Array(raw), white: header.white)
            guard header.classes > 0 else { return DatasetSplit(name: size.name, shape: header.shape, pixels: pixels, labels: nil) }
            let start = offset
            let labels = Array(try take(size.count, of: 1, part: "the labels of split \(size.name)"))
            if let bad = labels.firstIndex(where: { Int($0) >= header.classes }) {
                throw .wrongValue(file: file, offset: start + bad, field: "label", expected: "0 to \(header.classes - 1)", actual: "\(labels[bad])")
            }
            return DatasetSplit(name: size.name, shape: header.shape, pixels: pixels, labels: labels)
        }

        private mutating func take(_ items: Int, of width: Int, part: String) throws(DatasetError) -> ArraySlice<UInt8> {
            let (count, overflow) = items.multipliedReportingOverflow(by: width)
            guard !overflow, bytes.count - offset >= count else {
                throw .truncated(file: file, part: part, expected: overflow ? .max : offset + count, actual: bytes.count)
            }
            defer { offset += count }
            return bytes[offset..<offset + count]
        }

        private static func floats(_ bytes: ArraySlice<UInt8>) -> [Float] {
            stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { start in
                Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
            }
        }
    }
}
