using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baton.Cluster.Requests;
using Microsoft.AspNetCore.Http;

namespace Baton.Server.Rest;

/// <summary>Writes replies.</summary>
internal static class RestReply
{
    // Names and rules contain < and >, which are nothing special in an application/json reply.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A JSON body.</summary>
    public static async Task JsonAsync(HttpContext context, JsonNode body, int status = 200)
    {
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            body.WriteTo(writer);
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        await context.Response.Body.WriteAsync(
            buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>
    /// <c>{"error_code","message","description","field"?,"errors"?}</c>: the first error in the documented form (some resources document
    /// <c>message</c>, some <c>description</c>: both are sent), all of them in <c>errors</c> when there are several.
    /// </summary>
    public static Task ErrorAsync(HttpContext context, RestException error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        if (error.Status is 408 or 413 or 429)
        {
            // The rest of the body is not read, so the connection cannot be used again; who guesses makes a new one for each few tries.
            context.Response.Headers.Connection = "close";
        }

        if (error.Status == 429)
        {
            context.Response.Headers.RetryAfter = RestLimits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = Render(error.Errors[0]);
        if (error.Errors.Count > 1)
        {
            body["errors"] = new JsonArray([.. error.Errors.Select(Render)]);
        }

        return JsonAsync(context, body, error.Status);
    }

    /// <exception cref="RestException">The request was refused.</exception>
    public static RequestResult OrThrow(this RequestResult result) => result.Accepted ? result : throw new RestException(result.Errors);

    private static JsonObject Render(RequestError error)
    {
        var body = new JsonObject { ["error_code"] = error.Code, ["message"] = error.Message, ["description"] = error.Message };
        if (error.Field is not null)
        {
            body["field"] = error.Field;
        }

        return body;
    }
}
