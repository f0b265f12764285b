using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Baton.Server.Rest;

/// <summary>Reads a request body as one JSON object, within <see cref="RestLimits"/>, and says what is wrong with it otherwise.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = RestLimits.MaxJsonDepth,
        CommentHandling = JsonCommentHandling.Disallow,
        AllowTrailingCommas = false,
        AllowDuplicateProperties = true, // Checked below, where the field can be named.
    };

    /// <summary>Reads and checks the body. The caller disposes the document.</summary>
    /// <exception cref="RestException">400, 408, 413 or 415.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext context, TimeProvider clock, bool allowEmpty = false)
    {
        var bytes = await ReadBytesAsync(context, clock).ConfigureAwait(false);
        if (bytes.Length == 0)
        {
            return allowEmpty
                ? JsonDocument.Parse("{}")
                : throw new RestException(400, "bad_json", "The request has no body; a JSON object is expected.");
        }

        RequireJsonContentType(context.Request);
        return Parse(bytes);
    }

    /// <summary>Parses a whole body.</summary>
    /// <exception cref="RestException">400, and where in the body.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            throw new RestException(400, "bad_json", "The body is not valid UTF-8.");
        }

        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new RestException(
                    400, "bad_json", $"A JSON object is expected, the body is {FieldReader.Describe(document.RootElement)}.");
            }

            Check(document.RootElement, path: string.Empty);
            return document;
        }
        catch (JsonException e)
        {
            document?.Dispose();
            throw new RestException(400, "bad_json", $"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}.");
        }
        catch (InvalidOperationException)
        {
            // A string with half a surrogate pair: JSON's grammar allows it, text does not.
            document?.Dispose();
            throw new RestException(400, "bad_json", "The body contains a string that is not valid Unicode.");
        }
        catch
        {
            document?.Dispose();
            throw;
        }
    }

    private static void Check(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var seen = new HashSet<string>(StringComparer.Ordinal);
                foreach (var property in element.EnumerateObject())
                {
                    var name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
                    if (!seen.Add(property.Name))
                    {
                        throw new RestException(400, "duplicate_field",
                            $"The field \"{Shorten(name)}\" stands in the body twice.", Shorten(name));
                    }

                    Check(property.Value, name);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Check(item, path);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            default:
                break;
        }
    }

    /// <summary>Names from a request appear in error texts; a long one is cut.</summary>
    internal static string Shorten(string text)
    {
        const int Limit = 100;
        return text.Length <= Limit ? text
            : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Limit - 1]) ? Limit - 1 : Limit), "...");
    }

    private static void RequireJsonContentType(HttpRequest request)
    {
        var type = request.ContentType;
        var name = type?.Split(';')[0].Trim();
        if (name is null || name.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        throw new RestException(
            415, "unsupported_media_type", $"The content type is \"{Shorten(name)}\"; send \"Content-Type: application/json\".");
    }

    private static async Task<byte[]> ReadBytesAsync(HttpContext context, TimeProvider clock)
    {
        if (context.Request.ContentLength > RestLimits.MaxBodyBytes)
        {
            throw TooLarge();
        }

        using var limit = new CancellationTokenSource(RestLimits.BodyTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        var body = new ArrayBufferWriter<byte>();
        try
        {
            int read;
            do
            {
                read = await context.Request.Body.ReadAsync(body.GetMemory(4096), either.Token).ConfigureAwait(false);
                body.Advance(read);
                if (body.WrittenCount > RestLimits.MaxBodyBytes)
                {
                    throw TooLarge();
                }
            }
            while (read > 0);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new RestException(
                408, "request_timeout", $"The body did not arrive within {RestLimits.BodyTimeout.TotalSeconds:0} seconds.");
        }

        return body.WrittenSpan.ToArray();
    }

    private static RestException TooLarge() =>
        new(413, "body_too_large", $"The body is over {RestLimits.MaxBodyBytes} bytes.");
}
