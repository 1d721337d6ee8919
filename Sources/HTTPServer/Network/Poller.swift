import CEpoll
import Glibc

/// Readiness of many sockets (Linux epoll). Used on one queue, which a Dispatch source on `descriptor` wakes.
@safe
final class Poller {
    struct Event {
        /// The token with which the descriptor was added.
        let token: UInt64
        let isReadable: Bool
        let isWritable: Bool
        /// The peer closed its sending side.
        let isEnding: Bool
        /// The connection failed.
        let isBroken: Bool
    }

    /// Readable while there are events to collect.
    let descriptor: Int32
    private let buffer: UnsafeMutableBufferPointer<epoll_event>
    private(set) var count = 0

    /// Nil if the process has no descriptors left.
    init?(capacity: Int = 256) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        unsafe buffer = .allocate(capacity: capacity)
        unsafe buffer.initialize(repeating: unsafe epoll_event())
        if descriptor < 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        unsafe buffer.deallocate()
    }

    enum Interest {
        /// Level-triggered reading: reported while there is something to read.
        case readingLevel
        /// Edge-triggered: reported once each time that reading or writing becomes possible.
        case edges
    }

    /// Returns false if the kernel cannot watch another descriptor.
    func add(_ watched: Int32, token: UInt64, _ interest: Interest) -> Bool {
        var event = unsafe epoll_event()
        switch interest {
        case .readingLevel: unsafe event.events = EPOLLIN.rawValue
        case .edges: unsafe event.events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        }
        unsafe event.data.u64 = token
        return unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0
    }

    func remove(_ watched: Int32) {
        _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, nil)
    }

    /// Collects pending events without blocking; they are then available at 0..<count.
    func collect() {
        let result = unsafe epoll_wait(descriptor, buffer.baseAddress, Int32(buffer.count), 0)
        count = max(0, Int(result))
    }

    subscript(_ index: Int) -> Event {
        let event = unsafe buffer[index]
        let bits = unsafe event.events
        return Event(
            token: unsafe event.data.u64, isReadable: bits & EPOLLIN.rawValue != 0, isWritable: bits & EPOLLOUT.rawValue != 0,
            isEnding: bits & EPOLLRDHUP.rawValue != 0, isBroken: bits & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0)
    }
}
