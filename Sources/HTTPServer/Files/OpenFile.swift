import Glibc

/// An open regular file with its properties at the time of opening. Closed with its last reference.
final class OpenFile: Sendable {
    let descriptor: Int32
    let size: Int
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int

    /// Takes ownership of the descriptor. Nil, with the descriptor closed, if it is not a regular file.
    init?(adopting descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
        modifiedSeconds = status.st_mtim.tv_sec
        modifiedNanoseconds = status.st_mtim.tv_nsec
    }

    /// Nil if there is no readable regular file at `path`.
    convenience init?(path: String) {
        guard !path.utf8.contains(0) else { return nil }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        self.init(adopting: descriptor)
    }

    deinit {
        close(descriptor)
    }

    var modified: HTTPDate { HTTPDate(secondsSince1970: modifiedSeconds) }

    /// A tag made of modification time and size.
    var entityTag: EntityTag {
        EntityTag("\(String(modifiedSeconds, radix: 16))-\(String(modifiedNanoseconds, radix: 16))-\(String(size, radix: 16))")
    }

    /// Appends `count` bytes from `offset` on. Returns false if the file has been truncated or cannot be read.
    func append(_ count: Int, from offset: Int, to bytes: inout [UInt8]) -> Bool {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        var done = 0
        while done < count {
            let read = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress! + start + done, count - done, off_t(offset + done))
            }
            guard read > 0 else { return false }
            done += read
        }
        return true
    }
}
