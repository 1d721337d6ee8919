import CEpoll
import Glibc

/// A listening socket. Closed, and its socket file removed, with its last reference.
final class Listener: Sendable {
    let descriptor: Int32
    /// The actual address, with the port that was assigned.
    let address: ListenAddress

    private init(descriptor: Int32, address: ListenAddress) {
        self.descriptor = descriptor
        self.address = address
    }

    deinit {
        close(descriptor)
        if case .unix(let path) = address { _ = unsafe unlink(path) }
    }

    /// Listens on `address`; if its port is in use, on one of the next `attempts - 1` ports.
    static func open(_ address: ListenAddress, attempts: Int, backlog: Int, unsentBytes: Int) throws(ListenError) -> Listener {
        guard let port = address.port, port != 0, attempts > 1 else { return try open(address, backlog: backlog, unsentBytes: unsentBytes) }
        var candidate = port
        while true {
            do throws(ListenError) {
                return try open(address.withPort(candidate), backlog: backlog, unsentBytes: unsentBytes)
            } catch {
                candidate += 1
                guard error.isAddressInUse, candidate < port + attempts, candidate <= 65535 else { throw error }
            }
        }
    }

    private static func open(_ address: ListenAddress, backlog: Int, unsentBytes: Int) throws(ListenError) -> Listener {
        let family: Int32
        switch address {
        case .ipv4: family = AF_INET
        case .ipv6: family = AF_INET6
        case .unix: family = AF_UNIX
        }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw ListenError(address, "socket") }
        do throws(ListenError) {
            try bind(descriptor, address)
            // Accepted connections inherit the options of their listener.
            if family != AF_UNIX { setOption(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, Int32(clamping: unsentBytes)) }
            guard listen(descriptor, Int32(clamping: backlog)) == 0 else { throw ListenError(address, "listen") }
            return Listener(descriptor: descriptor, address: try boundAddress(descriptor, address))
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func bind(_ descriptor: Int32, _ address: ListenAddress) throws(ListenError) {
        switch address {
        case .ipv4(let host, let port):
            setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
            setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
            var socketAddress = sockaddr_in()
            socketAddress.sin_family = sa_family_t(AF_INET)
            socketAddress.sin_port = try networkPort(port, address)
            guard unsafe inet_pton(AF_INET, host, &socketAddress.sin_addr) == 1 else { throw ListenError(address, "address", EINVAL) }
            try bind(descriptor, &socketAddress, address)
        case .ipv6(let host, let port):
            setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
            setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
            setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY)
            var socketAddress = sockaddr_in6()
            socketAddress.sin6_family = sa_family_t(AF_INET6)
            socketAddress.sin6_port = try networkPort(port, address)
            guard unsafe inet_pton(AF_INET6, host, &socketAddress.sin6_addr) == 1 else { throw ListenError(address, "address", EINVAL) }
            try bind(descriptor, &socketAddress, address)
        case .unix(let path):
            try bindUnix(descriptor, path, address)
        }
    }

    private static func bindUnix(_ descriptor: Int32, _ path: String, _ address: ListenAddress) throws(ListenError) {
        var socketAddress = try unixAddress(path, address)
        if isStale(socketAddress) { _ = unsafe unlink(path) }
        // Only the owner may connect, from the moment the file exists.
        let mask = umask(0o177)
        defer { umask(mask) }
        try bind(descriptor, &socketAddress, address)
    }

    private static func unixAddress(_ path: String, _ address: ListenAddress) throws(ListenError) -> sockaddr_un {
        var socketAddress = sockaddr_un()
        socketAddress.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: socketAddress.sun_path)
        guard !path.isEmpty, path.utf8.count < capacity, !path.utf8.contains(0) else { throw ListenError(address, "address", ENAMETOOLONG) }
        unsafe withUnsafeMutableBytes(of: &socketAddress.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return socketAddress
    }

    /// Whether there is a socket file on which no server listens.
    private static func isStale(_ socketAddress: sockaddr_un) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        var copy = socketAddress
        let result = unsafe withUnsafePointer(to: &copy) { pointer in
            unsafe connect(probe, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
        }
        return result != 0 && errno == ECONNREFUSED
    }

    private static func bind<Address>(_ descriptor: Int32, _ socketAddress: inout Address, _ address: ListenAddress) throws(ListenError) {
        let result = unsafe withUnsafePointer(to: &socketAddress) { pointer in
            unsafe Glibc.bind(
                descriptor, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<Address>.size))
        }
        guard result == 0 else { throw ListenError(address, "bind") }
    }

    private static func networkPort(_ port: Int, _ address: ListenAddress) throws(ListenError) -> in_port_t {
        guard let exact = UInt16(exactly: port) else { throw ListenError(address, "port", EINVAL) }
        return exact.bigEndian
    }

    private static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32 = 1) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func boundAddress(_ descriptor: Int32, _ address: ListenAddress) throws(ListenError) -> ListenAddress {
        guard address.port != nil else { return address }
        guard let bound = SocketAddress.local(of: descriptor) else { throw ListenError(address, "getsockname") }
        return address.withPort(Int(bound.port))
    }
}
