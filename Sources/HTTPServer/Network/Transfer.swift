import CEpoll
import Glibc

/// The result of reading from or writing to a nonblocking socket.
enum Transfer: Equatable {
    case done(Int)
    /// The peer closed its sending side (reading only).
    case ended
    case wouldBlock
    case broken

    private init(_ result: Int) {
        if result >= 0 {
            self = .done(result)
        } else {
            self = errno == EAGAIN || errno == EINTR ? .wouldBlock : .broken
        }
    }

    /// Reads into `buffer`.
    static func receive(_ descriptor: Int32, into buffer: inout [UInt8]) -> Transfer {
        let result = unsafe buffer.withUnsafeMutableBytes { bytes in
            while true {
                let result = unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
                if result >= 0 || errno != EINTR { return result }
            }
        }
        return result == 0 ? .ended : Transfer(result)
    }

    /// Sends `bytes` from `offset` on. `more` means that further data follows immediately, so that packets can be shared.
    static func send(_ descriptor: Int32, _ bytes: [UInt8], from offset: Int, limit: Int, more: Bool) -> Transfer {
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        let result = unsafe bytes.withUnsafeBytes { buffer in
            while true {
                let result = unsafe Glibc.send(descriptor, buffer.baseAddress! + offset, min(limit, buffer.count - offset), flags)
                if result >= 0 || errno != EINTR { return result }
            }
        }
        return Transfer(result)
    }

    /// Sends two arrays in one system call.
    static func send(_ descriptor: Int32, _ first: [UInt8], _ second: [UInt8], more: Bool) -> Transfer {
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        let result = unsafe first.withUnsafeBytes { one in
            unsafe second.withUnsafeBytes { two in
                var vectors = unsafe (
                    iovec(iov_base: UnsafeMutableRawPointer(mutating: one.baseAddress), iov_len: one.count),
                    iovec(iov_base: UnsafeMutableRawPointer(mutating: two.baseAddress), iov_len: two.count))
                return unsafe withUnsafeMutableBytes(of: &vectors) { raw in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = raw.baseAddress!.assumingMemoryBound(to: iovec.self)
                    unsafe message.msg_iovlen = 2
                    while true {
                        let result = unsafe sendmsg(descriptor, &message, flags)
                        if result >= 0 || errno != EINTR { return result }
                    }
                }
            }
        }
        return Transfer(result)
    }

    /// Sends part of a file. `ended` means that the file has been truncated.
    static func send(_ descriptor: Int32, file: OpenFile, from offset: Int, count: Int) -> Transfer {
        var position = off_t(offset)
        while true {
            // Unlike `send`, `sendfile` has no flag to suppress SIGPIPE.
            let result = Signals.withoutBrokenPipe {
                unsafe sendfile(descriptor, file.descriptor, &position, count)
            } isWhole: {
                $0 == count
            }
            if result < 0, errno == EINTR { continue }
            return result == 0 ? .ended : Transfer(result)
        }
    }
}
