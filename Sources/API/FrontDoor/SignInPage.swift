import Access
import Canonical
import Catalog
import HTTPServer
import HTTPTypes

/// The pages for visitors who are not signed in. They need no script and send plain forms.
enum SignInPage {
    /// - Parameter next: where to go afterwards, a path on this server.
    static func signIn(next: String, problem: String? = nil) -> Response {
        var response = page(
            title: "Not signed in",
            """
            <h1>Not signed in</h1>
            \(problem.map { "<div class=\"problem\" role=\"alert\"><p>\($0.escapedAsHTML)</p></div>" } ?? "")
            <p>Sign in to use this server. If you were signed in, your session has expired.</p>
            <form method="post" action="/sign-in">
            <input type="hidden" name="next" value="\(next.escapedAsHTML)">
            <div class="field"><label for="name">Name</label><input id="name" name="name" autocomplete="username" required maxlength="200"></div>
            <div class="field"><label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024"></div>
            <p><button class="button primary">Sign in</button></p>
            </form>
            <h2>Without a password</h2>
            <p>Open the link that the server printed when it started, or an invitation that an owner sent you. A link works once;
            <code>fidelio link</code>, run on the server's machine, prints a new one.</p>
            """)
        response.status = .unauthorized
        response.headerFields[.wwwAuthenticate] = "Bearer realm=\"fidelio\""
        return response
    }

    /// Asks before an invitation is used up.
    static func join(_ member: Member, secret: String, next: String) -> Response {
        page(
            title: "Invitation",
            """
            <h1>Welcome, \(member.name.escapedAsHTML)</h1>
            <p>This link signs you in as <strong>\(member.name.escapedAsHTML)</strong>, \(member.role.withArticle)
            of this server. It works once; this browser then stays signed in for \(Int(saturating: AccessControl.sessionDays)) days.</p>
            <form method="post" action="/join">
            <input type="hidden" name="token" value="\(secret.escapedAsHTML)"><input type="hidden" name="next" value="\(next.escapedAsHTML)">
            <p><button class="button primary" autofocus>Sign in</button></p>
            </form>
            """)
    }

    /// Continues by itself, as a navigation within this site.
    static func onward(to location: String, title: String = "Signed in") -> Response {
        page(
            title: title, head: "<meta http-equiv=\"refresh\" content=\"0; url=\(location.escapedAsHTML)\">",
            "<h1>\(title.escapedAsHTML)</h1><p><a href=\"\(location.escapedAsHTML)\">Continue</a></p>")
    }

    private static func page(title: String, head: String = "", _ body: String) -> Response {
        var response = Response.text(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">\(head)<title>\(title.escapedAsHTML) · Fidelio</title>
            <link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/app.css">
            <script src="/js/early-theme.js"></script></head>
            <body><main id="page"><div class="view narrow sign-in">\(body)</div></main></body></html>
            """, contentType: "text/html; charset=utf-8")
        response.headerFields[.cacheControl] = "no-store"
        return response
    }
}
