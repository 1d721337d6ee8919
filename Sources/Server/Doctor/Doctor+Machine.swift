import API
import Canonical
import Codecs
import Foundation
import Engine
import Storage

#if canImport(Glibc)
    import CEpoll
    import Glibc
#else
    import Darwin
#endif

extension Doctor {
    /// The system's zlib, tested for what the server needs.
    func codecs() -> Finding {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        let packed = Deflate.compress(bytes, format: .gzip, level: 6)
        guard let unpacked = try? Gzip.decompress(packed, limit: bytes.count), unpacked == bytes else {
            return .problem("zlib", "Decompressing compressed data does not restore it.", advice: "Reinstall the system's zlib.")
        }
        return .good("zlib", "Compression and decompression work.")
    }

    func kernels() -> Finding {
        let available = KernelSet.available.map(\.rawValue).joined(separator: ", ")
        if KernelSet.best == .scalar {
            return .warning(
                "kernels", "The processor supports no AVX2, AVX-512, or NEON; results are identical but slower.",
                advice: "In a virtual machine, enable host CPU passthrough.")
        }
        return .good("kernels", "The processor supports \(available); using \(KernelSet.best.rawValue).")
    }

    func descriptors() -> Finding {
        let limit = ProcessFigures.descriptorLimit
        guard limit >= 4096 else {
            return .warning(
                "descriptors", "The limit of open files is \(limit); each connection needs one.",
                advice: "Raise the limit: LimitNOFILE=65536 in the systemd unit, or ulimit -n.")
        }
        return .good("descriptors", "The limit of open files is \(limit).")
    }

    /// Whether the server's port is free, or used by this server.
    func ports() -> Finding {
        if let file = ServerFile.live(in: storage), file.url.hasSuffix(":\(port)") {
            return .good("port", "\(port) is in use by the server of this storage.")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var yes: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            return .warning("port", "\(port) is in use (\(lastSystemError())); the server would use the next free port.", advice: "Choose another port with --port.")
        }
        return .good("port", "\(port) is free.")
    }
}
