import CEpoll
import Glibc

/// One TCP connection over loopback that sends exactly the given bytes; every call blocks for at most ten seconds.
struct RawConnection: ~Copyable {
    private let descriptor: Int32

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter source: the last part of the source address 127.0.0.x: each has its own ports, so that recently closed
    ///   connections do not exhaust them
    init(port: Int, source: UInt8, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer { _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
        var own = Self.address(127 << 24 | UInt32(source), 0)
        var other = Self.address(0x7F00_0001, UInt16(port))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = unsafe withUnsafePointer(to: &own) { own in
            unsafe withUnsafePointer(to: &other) { other in
                unsafe bind(descriptor, UnsafeRawPointer(own).assumingMemoryBound(to: sockaddr.self), size) == 0
                    && connect(descriptor, UnsafeRawPointer(other).assumingMemoryBound(to: sockaddr.self), size) == 0
            }
        }
        guard isOpen else {
            let number = errno
            throw Failure(description: "cannot connect: \(unsafe String(cString: strerror(number)))")
        }
    }

    private static func address(_ host: UInt32, _ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        return address
    }

    deinit { close(descriptor) }

    /// Sends all bytes, or as many as the peer accepts.
    borrowing func send(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            done += sent
        }
    }

    borrowing func send(_ text: String) { send(Array(text.utf8)) }

    /// Reads until `mark` has occurred `times` times, or the end.
    /// - Returns: whether it has
    borrowing func read(until mark: String, times: Int = 1) -> Bool {
        var text: [UInt8] = []
        let mark = Array(mark.utf8)
        var found = 0
        var place = 0
        while let more = receive(16_384) {
            text += more
            while place + mark.count <= text.count {
                if text[place] == mark[0], text[place..<place + mark.count].elementsEqual(mark) {
                    found += 1
                    place += mark.count
                    if found == times { return true }
                } else {
                    place += 1
                }
            }
        }
        return false
    }

    /// - Returns: nil at the end, after an error, or after ten seconds
    borrowing func receive(_ count: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, count, 0) }
        return got > 0 ? Array(buffer[..<got]) : nil
    }

    /// Closes the sending side; the peer may still send.
    borrowing func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Makes the close a reset instead of an orderly one.
    borrowing func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
