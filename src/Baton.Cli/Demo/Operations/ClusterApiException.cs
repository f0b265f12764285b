using System.Net;

namespace Baton.Cli.Demo.Operations;

/// <summary>The REST API did not answer, or refused.</summary>
/// <param name="message">Method, path, status, body.</param>
/// <param name="status">The status, when there was an answer.</param>
/// <param name="reason">The API's own words, when it gave any.</param>
/// <param name="inner">The cause, when there was no answer.</param>
internal sealed class ClusterApiException(
    string message, HttpStatusCode? status = null, string? reason = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The status, when there was an answer.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>The API's own words, when it gave any.</summary>
    public string? Reason { get; } = reason;
}
