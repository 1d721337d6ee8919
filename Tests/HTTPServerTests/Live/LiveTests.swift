import Testing

/// All tests with sockets, run one at a time because many of them measure time.
@Suite("Live", .serialized)
enum LiveTests {}
