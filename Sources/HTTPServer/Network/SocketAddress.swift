import CEpoll
import Glibc

/// Conversion of the system's socket addresses.
enum SocketAddress {
    /// The address a socket is bound to.
    static func local(of descriptor: Int32) -> RemoteAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutableBytes(of: &storage) { buffer in
            unsafe getsockname(descriptor, buffer.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return result == 0 ? remote(storage) : nil
    }

    enum Acceptance {
        case connection(Int32, RemoteAddress)
        /// No connection is pending.
        case none
        /// The process or system has no descriptors left.
        case exhausted
        /// This connection failed; others may be pending.
        case failed
    }

    /// Accepts the next pending connection.
    static func accept(_ listener: Int32) -> Acceptance {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = unsafe withUnsafeMutableBytes(of: &storage) { buffer in
            unsafe accept4(
                listener, buffer.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length,
                Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        }
        if descriptor >= 0 { return .connection(descriptor, remote(storage)) }
        switch errno {
        case EAGAIN: return .none
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
        default: return .failed
        }
    }

    private static func remote(_ storage: sockaddr_storage) -> RemoteAddress {
        var copy = storage
        return unsafe withUnsafeBytes(of: &copy) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let address = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
                return RemoteAddress(
                    family: .ipv4, high: 0, low: UInt64(UInt32(bigEndian: address.sin_addr.s_addr)), port: UInt16(bigEndian: address.sin_port))
            case AF_INET6:
                let port = unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
                let high = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                let low = unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
                return RemoteAddress(
                    family: .ipv6, high: UInt64(bigEndian: high), low: UInt64(bigEndian: low), port: UInt16(bigEndian: port))
            default:
                return .unix
            }
        }
    }
}
