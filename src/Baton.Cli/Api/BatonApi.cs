using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baton.Cli.Api;

/// <summary>The REST API as the verbs use it.</summary>
internal sealed class BatonApi : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;
    private readonly ApiAddress _address;

    public BatonApi(ApiAddress address)
    {
        _address = address;
        _http = new HttpClient(MakeHandler(address)) { Timeout = RequestTimeout };
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{address.User}:{address.Password}"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
    }

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, body: null, cancellationToken);

    public Task<JsonNode> PutAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, path, body, cancellationToken);

    public Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body, cancellationToken);

    public Task<JsonNode> DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, body: null, cancellationToken);

    /// <summary>Waits until an action is over; tells each new state on the way.</summary>
    public async Task<JsonObject> WaitForActionAsync(string uid, Action<JsonObject> changed, CancellationToken cancellationToken)
    {
        var last = string.Empty;
        while (true)
        {
            var action = (JsonObject)await GetAsync($"/v1/actions/{uid}", cancellationToken).ConfigureAwait(false);
            var now = $"{action["status"]} {action["state"]} {action["progress"]}";
            if (now != last)
            {
                changed(action);
                last = now;
            }

            if ((string?)action["status"] is "completed" or "failed")
            {
                return action;
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler MakeHandler(ApiAddress address)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        if (address.Certificate is not null)
        {
            var pinned = X509Certificate2.CreateFromPem(address.Certificate).RawData;
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(pinned);
        }
        else if (address.Insecure)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        }

        return handler;
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, _address.Url + path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            var json = text.Length == 0 ? null : JsonNode.Parse(text);
            return response.IsSuccessStatusCode ? json ?? new JsonObject() : throw new ApiException((int)response.StatusCode, json);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new ApiException(
                $"{_address.Url} shows a certificate that is not trusted. Name the cluster's --data directory, or use --insecure.", e);
        }
        catch (HttpRequestException e)
        {
            throw new ApiException($"{_address.Url} cannot be reached: {e.InnerException?.Message ?? e.Message} Does `baton up` run?", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ApiException($"{_address.Url} did not answer within {RequestTimeout.TotalSeconds:0} seconds.", e);
        }
        catch (JsonException e)
        {
            throw new ApiException($"{_address.Url} does not answer with JSON; is it Baton's API?", e);
        }
    }
}
