import Foundation
import RouteGridBase

/// The page: one document without data, which its script fills from the API.
enum DashboardPage {
    static let bytes = Data(text.utf8)

    /// Only this page's own script and style run; nothing but this server is asked.
    static let policy =
        "default-src 'none'; script-src '\(hash(DashboardScript.text))'; style-src '\(hash(DashboardStyle.text))'; "
        + "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static func hash(_ text: String) -> String {
        "sha256-" + Data(Digest(hashing: text.utf8).bytes).base64EncodedString()
    }

    private static let text = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>RouteGrid</title>
        <link rel="icon" href="data:,">
        <style>\(DashboardStyle.text)</style>
        </head>
        <body>
        <a class="skip" href="#runs">To the runs</a>
        <header><h1>RouteGrid</h1><p id="where"></p><p id="pulse" class="pulse wait" role="status">connecting</p></header>
        <main>
        <noscript><p class="card">This page needs its script; /api/status, /api/board and /metrics have the same as data.</p></noscript>
        <form id="gate" class="card" hidden><label for="token">Token</label>
        <input id="token" type="password" autocomplete="off" spellcheck="false"> <button>Open</button>
        <p class="note">The first line of the dashboard's token file. It is kept until this tab is closed.</p></form>
        <section id="runs" aria-label="Runs"></section>
        <dl id="tiles" class="tiles"></dl>
        <div class="pair">
        <section class="card"><h2>Records per second</h2><div id="rate"></div></section>
        <section class="card"><h2>Workers</h2><div id="workers"></div></section>
        </div>
        <section class="card"><h2>Slots</h2><div id="slots"></div>
        <p class="note">A row a slot, sampled with each update, newest on the right. Empty is idle; a failure is black, in the dark theme white.</p></section>
        <section class="card" id="failing" hidden><h2>Failures</h2><div id="failures"></div></section>
        <section id="board" aria-label="Board so far"></section>
        <section class="card"><h2>Newest records</h2><div id="records"></div></section>
        </main>
        <footer><p><a href="/openapi.json">API</a> · <a href="/metrics">Prometheus metrics</a></p></footer>
        <div id="tip" class="tip" hidden></div>
        <script>\(DashboardScript.text)</script>
        </body>
        </html>

        """
}
