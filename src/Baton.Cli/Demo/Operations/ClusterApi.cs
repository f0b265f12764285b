using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baton.Cli.Demo.Operations;

/// <summary>The few REST calls the demo makes, to a cluster it started itself on this machine. Thread-safe.</summary>
internal sealed class ClusterApi : IDisposable
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;

    /// <summary>Creates a client.</summary>
    /// <param name="address">Of the REST API.</param>
    /// <param name="user">Who.</param>
    /// <param name="password">The password.</param>
    /// <param name="certificate">PEM of the only certificate to trust.</param>
    public ClusterApi(Uri address, string user, string password, string certificate)
    {
        var pinned = X509Certificate2.CreateFromPem(certificate).RawData;
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(pinned);
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = CallLimit };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>GET.</summary>
    /// <exception cref="ClusterApiException">No answer, or not 200.</exception>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, body: null, cancellationToken);

    /// <summary>Any request with a JSON body.</summary>
    /// <exception cref="ClusterApiException">No answer, or not 200.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new ClusterApiException($"{method} {path}: {(int)response.StatusCode} {text}", response.StatusCode, MessageOf(text));
            }

            return text.Length == 0 ? default : JsonElement.Parse(text);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ClusterApiException($"{method} {path}: {e.Message}", inner: e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string? MessageOf(string body)
    {
        try
        {
            return JsonElement.Parse(body).TryGetProperty("message", out var message) ? message.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
