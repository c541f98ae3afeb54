<?php
// SPDX-License-Identifier: MIT
// Takes Till's postbacks, in plain PHP 8. Behind any PHP web server; to try it: php -S 127.0.0.1:8000 receiver.php
//
// Environment: TILL_URL, TILL_API_KEY, TILL_SECRET, SHOP_FOLDER.
declare(strict_types=1);

const BODY_BYTES_MAX = 65536;

function answer(int $status, string $words): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode(['message' => $words]), "\n";
    exit;
}

// ---- the token

function base64url_decode(string $text): string|false
{
    return preg_match('/^[A-Za-z0-9_-]+$/D', $text) ? base64_decode(strtr($text, '-_', '+/'), true) : false;
}

/** The invoice that the token names, or null if the token is not to be believed. */
function verified_id(string $token, string $secret, int $now): ?string
{
    $parts = explode('.', $token);
    if (strlen($token) > 512 || strlen($secret) < 32 || count($parts) !== 3) {
        return null;
    }
    [$header, $claims, $signature] = $parts;
    $expected = hash_hmac('sha256', "$header.$claims", $secret, true);
    if (!hash_equals($expected, (string) base64url_decode($signature))) {
        return null;
    }
    $header = json_decode((string) base64url_decode($header), true);
    $claims = json_decode((string) base64url_decode($claims), true);
    // The signature is HS256 whatever the header says; a header that says otherwise was not made by Till.
    if (!is_array($header) || ($header['alg'] ?? null) !== 'HS256' || !is_array($claims)) {
        return null;
    }
    if (!is_int($claims['exp'] ?? null) || $now >= $claims['exp'] || !is_string($claims['id'] ?? null)) {
        return null;
    }
    return $claims['id'];
}

function read_postback(): array
{
    $body = (string) file_get_contents('php://input', false, null, 0, BODY_BYTES_MAX + 1);
    if (strlen($body) > BODY_BYTES_MAX) {
        answer(400, 'Too large');
    }
    if (str_starts_with($_SERVER['CONTENT_TYPE'] ?? '', 'application/json')) {
        $fields = json_decode($body, true);
    } else {
        parse_str($body, $fields);
    }
    foreach (['status', 'invoice_id', 'token'] as $name) {
        if (!is_array($fields) || !is_string($fields[$name] ?? null)) {
            answer(400, 'Not a postback');
        }
    }
    return $fields;
}

// ---- asking Till

/** What Till says about the invoice; null if it could not be asked, [] if it knows none. */
function ask_till(string $uuid): ?array
{
    $answer = @file_get_contents(getenv('TILL_URL') . '/v2/invoice/merchant/info', false, stream_context_create([
        'http' => [
            'method' => 'POST',
            'header' => ['Authorization: Token ' . getenv('TILL_API_KEY'), 'Content-Type: application/json'],
            'content' => json_encode(['uuids' => [$uuid]]),
            'timeout' => 20,
            'follow_location' => 0,
        ],
    ]));
    $answer = $answer === false ? null : json_decode($answer, true);
    if (!is_array($answer) || ($answer['status'] ?? null) !== 'success') {
        return null;
    }
    $invoice = $answer['result'][0] ?? [];
    return ($invoice['uuid'] ?? null) === $uuid ? $invoice : [];
}

function is_paid(array $invoice): bool
{
    return ($invoice['invoice_status'] ?? null) === 'success'
        && in_array($invoice['status'] ?? null, ['paid', 'overpaid'], true);
}

// ---- the shop: what was sold, and what has been shipped

/** Is this what we sold, at the price and in the currency that we asked for? */
function is_our_sale(array $invoice): bool
{
    $order_id = $invoice['order_id'] ?? '';
    $path = getenv('SHOP_FOLDER') . "/orders/$order_id";
    if (!preg_match('/^[A-Za-z0-9-]{1,40}$/D', $order_id) || !is_file($path)) {
        return false;
    }
    [$price, $currency] = explode(' ', trim((string) file_get_contents($path)));
    return number_format((float) $price, 2) === number_format((float) $invoice['amount_in_fiat'], 2)
        && $currency === $invoice['fiat_currency'];
}

/** The file can be made only once, whoever tries at the same time. False if the disk refuses. */
function ship_once(array $invoice): bool
{
    $path = getenv('SHOP_FOLDER') . '/shipped/' . $invoice['order_id'];
    $file = @fopen($path, 'x');
    if ($file === false) {
        if (is_file($path) && trim((string) file_get_contents($path)) !== $invoice['uuid']) {
            error_log("$path was paid twice, the second time by {$invoice['uuid']}");
        }
        return is_file($path);
    }
    return fwrite($file, $invoice['uuid'] . "\n") !== false && fsync($file) && fclose($file);
}

// ---- the postback

if (($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
    answer(405, 'Only POST');
}
$postback = read_postback();
$id = verified_id($postback['token'], (string) getenv('TILL_SECRET'), time());
if ($id === null || $id !== $postback['invoice_id']) {
    answer(401, 'Refused');
}
$invoice = ask_till("INV-$id");
if ($invoice === null || !is_paid($invoice)) {
    answer(503, 'Till does not call it paid, or cannot be asked now');
}
if (!is_our_sale($invoice)) {
    error_log("{$invoice['uuid']} is paid and is no sale of ours");
    answer(200, 'Noted');
}
ship_once($invoice) ? answer(200, 'Postback received') : answer(503, 'Cannot write it down now');
