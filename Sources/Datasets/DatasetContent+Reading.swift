import Canonical

extension DatasetContent {
    /// The two lines before the pixels.
    struct Head {
        let shape: ImageShape
        let classes: Int
        let isFloat: Bool
        let white: UInt8
        let splits: [SplitSize]
        let lowResolution: LowResolution?
        let flips: Bool
        let windows: TrainingWindows?

        private static let firstLine = "fidelio images 1\n"
        private static let longest = 1 << 20

        init(
            shape: ImageShape, classes: Int, isFloat: Bool, white: UInt8, splits: [SplitSize], lowResolution: LowResolution? = nil, flips: Bool = false,
            windows: TrainingWindows? = nil
        ) {
            (self.shape, self.classes, self.isFloat, self.white, self.splits) = (shape, classes, isFloat, white, splits)
            (self.lowResolution, self.flips, self.windows) = (lowResolution, flips, windows)
        }

        var bytes: [UInt8] { Array("\(Self.firstLine)\(json.canonicalText)\n".utf8) }

        private var json: JSONValue {
            var members: [String: JSONValue] = [
                "height": .integer(Int64(shape.height)), "width": .integer(Int64(shape.width)), "channels": .integer(Int64(shape.channels)),
                "classes": .integer(Int64(classes)), "pixels": .string(isFloat ? "float32" : "uint8"), "white": .integer(Int64(white)),
                "splits": .array(splits.map { .object(["name": .string($0.name), "images": .integer(Int64($0.count))]) }),
            ]
            if let lowResolution { members["low_resolution"] = lowResolution.json }
            if flips { members["flips"] = true }
            if let windows { members["windows"] = windows.json }
            return .object(members)
        }

        init(_ input: inout Input, file: String) throws(DatasetError) {
            let first = Array(Self.firstLine.utf8)
            let start = try input.peek(first.count + Self.longest, file: file)
            guard start.starts(with: first) else {
                throw .wrongValue(file: file, offset: 0, field: "the first line", expected: "\"fidelio images 1\"", actual: "another one")
            }
            guard let end = start[first.count...].firstIndex(of: UInt8(ascii: "\n")) else {
                throw .truncated(file: file, part: "the header line", expected: first.count + 1, actual: input.size)
            }
            do {
                try self.init(JSONValue(parsing: Array(start[first.count..<end])))
            } catch {
                throw .wrongValue(file: file, offset: first.count, field: "the header", expected: "a description of images", actual: "invalid: \(error)")
            }
            _ = try input.take(end + 1, of: 1, part: "the header line", file: file)
        }

        private init(_ json: JSONValue) throws {
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
            lowResolution = try LowResolution(reading: &fields, images: shape)
            flips = try fields.optionalBool("flips") ?? false
            let count = sizes.first { $0.name == SplitName.train }?.count ?? 0
            windows = try TrainingWindows(reading: &fields, images: shape, count: count, lowResolution: lowResolution)
            try fields.finish()
        }
    }

    /// Reader of a content in memory or in a file, with the digest of the data read.
    struct Input {
        let size: Int
        private(set) var offset = 0
        private(set) var digest = Digest.Builder()
        /// Bytes from an offset; fewer than requested only if a file was truncated meanwhile.
        private let read: (_ offset: Int, _ count: Int) throws(FileError) -> [UInt8]
        private static let part = 1 << 20

        init(size: Int, read: @escaping (Int, Int) throws(FileError) -> [UInt8]) { (self.size, self.read) = (size, read) }

        /// The next bytes, at most `count`, without consuming them.
        func peek(_ count: Int, file: String) throws(DatasetError) -> [UInt8] { try bytes(min(count, size - offset), file) }

        private func bytes(_ count: Int, _ file: String) throws(DatasetError) -> [UInt8] {
            do throws(FileError) {
                return try read(offset, count)
            } catch {
                throw DatasetError(reading: file, error)
            }
        }

        /// Consumes items of `width` bytes, which must be present, in parts.
        mutating func forEachPart(_ items: Int, of width: Int, part name: String, file: String, _ body: ([UInt8]) -> Void) throws(DatasetError) {
            let (count, overflow) = items.multipliedReportingOverflow(by: width)
            guard !overflow, size - offset >= count else {
                throw .truncated(file: file, part: name, expected: overflow ? .max : offset + count, actual: size)
            }
            let end = offset + count
            while offset < end {
                let part = try bytes(min(Self.part, end - offset), file)
                guard !part.isEmpty else { throw .truncated(file: file, part: name, expected: end, actual: offset) }
                digest.update(part)
                offset += part.count
                body(part)
            }
        }

        mutating func take(_ items: Int, of width: Int, part name: String, file: String) throws(DatasetError) -> [UInt8] {
            var taken: [UInt8] = []
            if let count = Self.product(items, width), count <= size - offset { taken.reserveCapacity(count) }
            try forEachPart(items, of: width, part: name, file: file) { taken += $0 }
            return taken
        }

        private static func product(_ a: Int, _ b: Int) -> Int? {
            let (product, overflow) = a.multipliedReportingOverflow(by: b)
            return overflow ? nil : product
        }

        /// Consumes the rest for the digest.
        mutating func finish(file: String) throws(DatasetError) {
            try forEachPart(size - offset, of: 1, part: "the file", file: file) { _ in }
        }

        mutating func split(_ size: SplitSize, _ head: Head, file: String) throws(DatasetError) -> DatasetSplit {
            let windows = size.name == SplitName.train ? head.windows : nil
            let stored = try images(size, windows, partner: nil, head, part: "the pixels of split \(size.name)", file: file)
            var partners: ImagePixels?
            if let kind = head.lowResolution, kind.kernel == .given {
                partners = try images(size, windows, partner: kind, head, part: "the low-resolution pixels of split \(size.name)", file: file)
            }
            var labels: [UInt8]?
            if head.classes > 0 {
                let start = offset, all = try take(size.count, of: 1, part: "the labels of split \(size.name)", file: file)
                if let bad = all.firstIndex(where: { Int($0) >= head.classes }) {
                    throw .wrongValue(file: file, offset: start + bad, field: "label", expected: "0 to \(head.classes - 1)", actual: "\(all[bad])")
                }
                labels = all
            }
            guard let windows else {
                let small = head.lowResolution?.shape(of: head.shape)
                let given = partners.flatMap { pixels in small.map { DatasetSplit(name: size.name, shape: $0, pixels: pixels, labels: nil) } }
                return DatasetSplit(name: size.name, shape: head.shape, pixels: stored, labels: labels, lowResolution: given)
            }
            let shapes = (0..<size.count).map { windows.shape(of: $0, for: head.shape) }
            let given = partners.map { pixels in StoredWindows(shapes: shapes.compactMap { head.lowResolution?.shape(of: $0) }, pixels: pixels) }
            return DatasetSplit(
                middleOf: StoredWindows(shapes: shapes, pixels: stored, lowResolution: given), windows, name: size.name, shape: head.shape, labels: labels,
                lowResolution: head.lowResolution)
        }

        /// The pixels of a split's images, or those of their given partners.
        private mutating func images(
            _ size: SplitSize, _ windows: TrainingWindows?, partner: LowResolution?, _ head: Head, part: String, file: String
        ) throws(DatasetError) -> ImagePixels {
            func elements(_ shape: ImageShape) -> Int { (partner.map { $0.shape(of: shape) } ?? shape)?.elements ?? 0 }
            guard let windows, windows.isWhole else {
                return try pixels(size.count, of: elements(size.count > 0 ? windows?.shape(of: 0, for: head.shape) ?? head.shape : head.shape), head, part: part, file: file)
            }
            return try pixels((0..<size.count).reduce(0) { $0 + elements(windows.shape(of: $1, for: head.shape)) }, of: 1, head, part: part, file: file)
        }

        private mutating func pixels(_ count: Int, of size: Int, _ head: Head, part: String, file: String) throws(DatasetError) -> ImagePixels {
            if head.isFloat {
                var values: [Float] = []
                if let all = Self.product(count, size), all <= (self.size - offset) / 4 { values.reserveCapacity(all) }
                // Parts contain complete floats: every part but the last has 2^20 bytes.
                try forEachPart(count, of: 4 * size, part: part, file: file) { bytes in
                    for start in stride(from: 0, to: bytes.count - 3, by: 4) {
                        values.append(Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }))
                    }
                }
                guard values.count == count * size else {
                    throw .truncated(file: file, part: part, expected: 4 * count * size, actual: 4 * values.count)
                }
                return .floats(values)
            }
            return .bytes(try take(count, of: size, part: part, file: file), white: head.white)
        }
    }
}
