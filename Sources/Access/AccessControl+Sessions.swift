package import Catalog
import Logging

/// Sessions: creation, rotation, and end.
extension AccessControl {
    static func session(for member: Member, secret: String, _ client: Client, agent: String, at time: Double) -> MemberSession {
        MemberSession(
            id: Secret.makeID(), member: member.id, hash: Secret.hash(secret), created: time, expires: time + sessionDays * 86_400,
            address: client.address, agent: String(agent.prefix(200)))
    }

    /// The visitor of a session, by any of its secrets. A new secret becomes current when it is first presented. An old one that is
    /// presented long afterwards was copied, and ends the session for both holders.
    func session(_ hash: String, at time: Double) async throws -> (Visitor, expires: Double)? {
        let found = try await catalog.read { reader in
            guard let session = try reader.session(hash: hash), time < session.expires else { return nil as (MemberSession, Member)? }
            return try reader.member(session.member).map { (session, $0) }
        }
        guard let found else { return nil }
        var session = found.0
        let member = found.1
        var expires = session.expires
        if let previous = session.previous, Secret.areEqual(previous, hash) {
            expires = session.rotated + AccessControl.graceSeconds
            guard time < expires else {
                // Rejected whether or not this can be recorded.
                do { try await endStolen(session, member) } catch { logger.error("the session cannot be ended: \(error)") }
                return nil
            }
        } else if let next = session.next, Secret.areEqual(next, hash) {
            session = await promote(session, at: time)
        } else if !Secret.areEqual(session.hash, hash) {
            return nil
        }
        return (AccessControl.visitor(member, session), expires)
    }

    static func visitor(_ member: Member, _ session: MemberSession?) -> Visitor {
        var visitor = Visitor(name: member.name, role: member.role, isBrowser: true, address: "")
        visitor.member = member.id
        visitor.session = session
        visitor.via = "session"
        return visitor
    }

    /// If nothing can be written, the session stays unchanged: its next secret remains valid.
    private func promote(_ session: MemberSession, at time: Double) async -> MemberSession {
        let promoted = await ifWritable("the new secret of a session") { writer in
            guard var present = try writer.reader.session(hash: session.hash), present.next == session.next, let next = present.next else {
                return session
            }
            present.previous = present.hash
            present.hash = next
            present.next = nil
            present.nextIssued = nil
            present.rotated = time
            present.expires = min(time + AccessControl.sessionDays * 86_400, present.created + AccessControl.longestSessionDays * 86_400)
            try writer.update(present)
            return present
        }
        guard let promoted else { return session }
        forget()
        return promoted
    }

    private func endStolen(_ session: MemberSession, _ member: Member) async throws {
        logger.warning("an outdated cookie of member \(member.id) was reused; the session is ended")
        try await change(as: AccessControl.visitor(member, nil)) { change in
            try change.writer.end(session: session.id, ofMember: member.id)
            try change.record("end-session", "session \(session.id)", "an outdated cookie was reused")
        }
    }

    /// The next secret of a session, if the current one is old and none was issued recently.
    package func successor(of session: MemberSession) async -> String? {
        let time = now()
        guard time - session.rotated >= AccessControl.rotationHours * 3600 else { return nil }
        let secret = Secret.make()
        let isIssued = await ifWritable("the next secret of a session") { writer in
            guard var present = try writer.reader.session(hash: session.hash), present.hash == session.hash,
                time - (present.nextIssued ?? 0) >= AccessControl.graceSeconds
            else { return false }
            present.next = Secret.hash(secret)
            present.nextIssued = time
            try writer.update(present)
            return true
        }
        return isIssued == true ? secret : nil
    }

    /// Ends one of the visitor's sessions.
    /// - Errors: `session-unknown`
    package func end(session id: String, ofMember member: String) async throws {
        try await change { change in
            guard try change.writer.end(session: id, ofMember: member) else { throw AccessError.unknown("session", id) }
            try change.record("end-session", "session \(id)")
        }
    }

    /// Ends the sessions of a member, except the one with this id.
    package func endSessions(ofMember member: String, except kept: String?) async throws {
        try await change { change in
            try change.writer.endSessions(ofMember: member, except: kept)
            try change.record("end-sessions", "member \(member)", kept == nil ? "" : "all but this one")
        }
    }
}
