import Canonical
import Codecs

/// The content of a file part by part, unpacked where it begins like gzip, so that memory holds no more than a part.
final class UncompressedFile {
    let path: String
    /// Bytes of the content that were given.
    private(set) var offset = 0
    private let file: FileReader
    private let isPacked: Bool
    private var position = 0
    private var input: ArraySlice<UInt8> = []
    private var inflater = Inflater(.gzip)
    /// Whether a member has begun and not ended.
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

    /// The next bytes of the content: `count` of them, or fewer at its end.
    /// - Errors: what the system says; damaged gzip members, or such as are cut off.
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
