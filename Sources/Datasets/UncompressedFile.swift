import Canonical
import Codecs

/// Streaming reader of a file, decompressed if it starts with the gzip signature.
final class UncompressedFile {
    let path: String
    /// Uncompressed bytes delivered so far.
    private(set) var offset = 0
    private let file: FileReader
    private let isPacked: Bool
    private var position = 0
    private var input: ArraySlice<UInt8> = []
    private var inflater = Inflater(.gzip)
    /// Whether a member is open.
    private var isWithin = false
    private static let part = 1 << 18

    init(_ path: String) throws(DatasetError) {
        self.path = path
        do {
            file = try FileReader(path)
            isPacked = Gzip.matches(try file.read(at: 0, count: 2))
        } catch {
            throw .unreadable(file: path, problem: error.reason)
        }
    }

    /// The next `count` bytes of the content, or fewer at its end.
    /// - Errors: system errors; damaged or truncated gzip members.
    func next(_ count: Int) throws(DatasetError) -> [UInt8] {
        let bytes = try isPacked ? unpacked(count) : raw(count)
        offset += bytes.count
        return bytes
    }

    private func raw(_ count: Int) throws(DatasetError) -> [UInt8] {
        do {
            let bytes = try file.read(at: position, count: count)
            position += bytes.count
            return bytes
        } catch {
            throw .unreadable(file: path, problem: error.reason)
        }
    }

    private func unpacked(_ count: Int) throws(DatasetError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            if input.isEmpty { input = try raw(Self.part)[...] }
            if input.isEmpty {
                guard !isWithin else { throw .notCompressed(file: path, problem: "\(CompressionError(problem: .truncated, offset: position))") }
                break
            }
            // Zeros after the last member are padding.
            if !isWithin && input.first == 0 {
                guard input.allSatisfy({ $0 == 0 }) else {
                    throw .notCompressed(file: path, problem: "\(CompressionError(problem: .trailing, offset: position - input.count))")
                }
                input = []
                continue
            }
            isWithin = true
            do {
                input = input.dropFirst(try inflater.step(input, into: &bytes, capacity: count - bytes.count))
            } catch {
                throw .notCompressed(file: path, problem: "\(error)")
            }
            if inflater.isFinished {
                inflater = Inflater(.gzip)
                isWithin = false
            }
        }
        return bytes
    }
}
