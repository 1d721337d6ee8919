import Foundation

#if canImport(Glibc)
    import CEpoll
    import Glibc
#else
    import Darwin
#endif

/// Starts a program in its own process group, with no standard input, its output appended to a log, no other
/// descriptor of ours open, and no signal blocked or ignored.
/// - Errors: `WorkerStartError`; there is then no process.
func spawn(_ executable: String, _ arguments: [String], log: String) throws -> pid_t {
    try unsafe spawn(executable, arguments) { actions in
        unsafe posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_adddup2(actions, 1, 2)
    }
}

/// The same, with a socket as its standard input and output. What it complains about is nobody's.
func spawn(_ executable: String, _ arguments: [String], talkingTo socket: Int32) throws -> pid_t {
    try unsafe spawn(executable, arguments) { actions in
        unsafe posix_spawn_file_actions_adddup2(actions, socket, 0)
        unsafe posix_spawn_file_actions_adddup2(actions, socket, 1)
        unsafe posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0)
    }
}

/// The same with this environment alone, no input, and its output in two open files.
func spawn(_ executable: String, _ arguments: [String], environment: [String: String], output: Int32, errors: Int32) throws -> pid_t {
    try unsafe spawn(executable, arguments, environment: environment) { actions in
        unsafe posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(actions, errors, 2)
    }
}

private func spawn(
    _ executable: String, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment, _ prepare: (UnsafeMutablePointer<posix_spawn_file_actions_t>) -> Void
) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe prepare(&actions)
    // A worker that outlives us must hold neither our port nor our locks.
    unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    setSignalsAndGroup(&attributes)

    var process: pid_t = 0
    let words = [executable] + arguments
    let environment = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let problem = unsafe withCStrings(words) { words in
        unsafe withCStrings(environment) { unsafe posix_spawn(&process, executable, &actions, &attributes, words, $0) }
    }
    guard problem == 0 else { throw WorkerStartError(problem: "\(executable): \(unsafe String(cString: strerror(problem)))") }
    return process
}

private func setSignalsAndGroup(_ attributes: inout posix_spawnattr_t) {
    var all = sigset_t()
    var none = sigset_t()
    unsafe sigfillset(&all)
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
}

/// Passes texts as a null-terminated array of C strings, valid during the call.
private func withCStrings<R>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    let pointers = unsafe texts.map { unsafe strdup($0) }
    defer { for unsafe pointer in unsafe pointers { unsafe free(pointer) } }
    return unsafe body(pointers + [nil])
}
