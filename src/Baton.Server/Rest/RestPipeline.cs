using System.Globalization;
using System.Net;
using System.Text;
using Baton.Cluster.Requests;
using Baton.Server.Proxy.Io;
using Microsoft.AspNetCore.Http;

namespace Baton.Server.Rest;

/// <summary>What every request passes through: who asks, which state, and one place that turns every failure into a JSON error.</summary>
internal sealed class RestPipeline(RestServices services, RequestDelegate next)
{
    private const string StateHeader = "cluster-state-id";
    private const string UserItem = "baton.user";

    /// <summary>Who sent a request that has passed the pipeline.</summary>
    public static string UserOf(HttpContext context) => (string)context.Items[UserItem]!;

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(AddStateHeader, context.Response);
        services.Room.NoteRequest(context.Connection.Id, +1);
        try
        {
            await AuthenticateAsync(context).ConfigureAwait(false);
            RequireExpectedState(context.Request);
            await next(context).ConfigureAwait(false);
            await AnswerUnroutedAsync(context).ConfigureAwait(false);
        }
        catch (RestException e)
        {
            if (e.Status == 429)
            {
                await HoldBackAsync(context, TimeSpan.FromSeconds(RestLimits.RetryAfterSeconds)).ConfigureAwait(false);
            }

            await RestReply.ErrorAsync(context, e).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await RestReply.ErrorAsync(context, new RestException(e.StatusCode, "bad_request", e.Message)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: there is nobody to answer.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            await RestReply.ErrorAsync(
                context,
                new RestException(500, "internal_error",
                    $"The request failed inside Baton: {e.GetType().Name}: {e.Message}")).ConfigureAwait(false);
        }
        finally
        {
            services.Room.NoteRequest(context.Connection.Id, -1);
        }
    }

    /// <summary>
    /// Whoever does not heed Retry-After, or guesses on and on, is made to wait: each new connection costs a TLS handshake. It counts as idle meanwhile,
    /// so that it gives way to who comes.
    /// </summary>
    private async Task HoldBackAsync(HttpContext context, TimeSpan time)
    {
        services.Room.NoteRequest(context.Connection.Id, -1);
        await Task.Delay(time, services.Clock, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        services.Room.NoteRequest(context.Connection.Id, +1);
    }

    private static Task AnswerUnroutedAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        var path = JsonBody.Shorten(context.Request.Path.Value ?? "/");
        return context.Response.StatusCode switch
        {
            404 => RestReply.ErrorAsync(context, new RestException(404, "not_found", $"There is no {path} in this API.")),
            405 => RestReply.ErrorAsync(
                context,
                new RestException(
                    405, "method_not_allowed",
                        $"{JsonBody.Shorten(context.Request.Method)} is not possible on {path}; the Allow header says what is.")),
            _ => Task.CompletedTask,
        };
    }

    private Task AddStateHeader(object response)
    {
        ((HttpResponse)response).Headers[StateHeader] = services.Controller.State.Revision.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    private void RequireExpectedState(HttpRequest request)
    {
        var expected = request.Headers[StateHeader].ToString();
        var now = services.Controller.State.Revision.ToString(CultureInfo.InvariantCulture);
        if (expected.Length > 0 && expected != now)
        {
            throw new RestException([new RequestError(
                RequestErrorKind.Conflict, "wrong_cluster_state_id",
                $"The cluster's state is {now}, the request expects {JsonBody.Shorten(expected)}.")]);
        }
    }

    private async Task AuthenticateAsync(HttpContext context)
    {
        if (context.Request.Path.Equals(RestRoutes.MasterHealthcheck, StringComparison.Ordinal))
        {
            return; // For load balancers, which have no credentials; it tells nothing but "active".
        }

        var header = context.Request.Headers.Authorization.ToString();
        if (TryReadBasic(header, out var name, out var password) && await IsRightAsync(context, name, password).ConfigureAwait(false))
        {
            context.Items[UserItem] = name;
            return;
        }

        const string TokenScheme = "JWT ";
        if (header.StartsWith(TokenScheme, StringComparison.OrdinalIgnoreCase)
            && services.Tokens.Check(header[TokenScheme.Length..].Trim()) is { } user)
        {
            services.Room.NoteLogin(context.Connection.Id, isRight: true);
            context.Items[UserItem] = user;
            return;
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Baton\", charset=\"UTF-8\"";
        throw new RestException(
            401, "unauthorized", "Basic authentication with a user's name and password is needed, or a token (JWT) that has not run out.");
    }

    private async Task<bool> IsRightAsync(HttpContext context, string name, string password)
    {
        var id = context.Connection.Id;
        var failures = services.Room.FailuresOf(id);
        if (failures >= RestLimits.MaxLoginFailures)
        {
            throw PasswordQueue.TooMany();
        }

        var peer = context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;
        var from = new LoginOrigin(PeerAddress.Of(peer), failures);
        var isRight = false;
        try
        {
            isRight = await services.Users.VerifyAsync(name, password, from, context.RequestAborted).ConfigureAwait(false);
            services.Room.NoteLogin(id, isRight);
        }
        finally
        {
            if (!isRight && services.Users.HoldBackOf(name, from) is { Ticks: > 0 } time)
            {
                await HoldBackAsync(context, time).ConfigureAwait(false);
            }
        }

        return isRight;
    }

    /// <summary>Header: <c>Basic</c>, a blank, base64 of <c>name:password</c> in UTF-8; the name has no colon.</summary>
    private static bool TryReadBasic(string header, out string name, out string password)
    {
        const string Scheme = "Basic ";
        (name, password) = (string.Empty, string.Empty);
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out var length))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        (name, password) = (text[..colon], text[(colon + 1)..]);
        return true;
    }
}
