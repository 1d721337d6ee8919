import Testing

/// Everything that talks over sockets, one test after the other: many of them measure time.
@Suite("Live", .serialized)
enum LiveTests {}
